use proc_macro2::{Ident, Span};
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Path, Type, Variant, ext::IdentExt};

use crate::{
    case::Case,
    check,
    ctxt::Ctxt,
    docs,
    keys::{ElicitKeys, FieldKeys, Keys, VariantKeys},
};

/// A type that derives `Elicit`.
pub(crate) struct Form {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Option<Path>,
    pub(crate) shape: Shape,
}

pub(crate) enum Shape {
    /// A struct is a form.
    Fields(Vec<FormField>),
    /// An enum is a choice.
    Options(Vec<FormOption>),
}

pub(crate) struct FormField {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    /// Where the name comes from.
    pub(crate) name_span: Span,
    pub(crate) ty: Type,
    pub(crate) doc: Option<String>,
    pub(crate) keys: FieldKeys,
}

pub(crate) struct FormOption {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    /// Where the name comes from.
    pub(crate) name_span: Span,
    pub(crate) title: Option<String>,
}

impl Form {
    pub(crate) fn read(input: DeriveInput, ctxt: &Ctxt) -> Self {
        let DeriveInput { attrs, ident, generics, data, .. } = input;
        let ElicitKeys { rename_all, krate } = ElicitKeys::of_attribute("elicit", &attrs, ctxt);
        let case = rename_all.map(|case| case.0);
        check::form_generics(&generics, matches!(data, Data::Enum(_)), ctxt);
        let shape = match data {
            Data::Struct(data) => Shape::Fields(fields(&ident, data.fields, case, ctxt)),
            Data::Enum(data) => {
                let options = data.variants.into_iter();
                let options: Vec<_> =
                    options.map(|variant| FormOption::read(variant, case, ctxt)).collect();
                check::options(&ident, &options, ctxt);
                Shape::Options(options)
            }
            Data::Union(data) => {
                ctxt.error(data.union_token, "a form is a struct, and a choice is an enum");
                Shape::Fields(Vec::new())
            }
        };
        Self { ident, generics, krate, shape }
    }
}

fn fields(ident: &Ident, fields: Fields, case: Option<Case>, ctxt: &Ctxt) -> Vec<FormField> {
    check::form_shape(ident, &fields, ctxt);
    let Fields::Named(fields) = fields else { return Vec::new() };
    let fields: Vec<_> =
        fields.named.into_iter().filter_map(|field| FormField::read(field, case, ctxt)).collect();
    check::distinct_fields(&fields, ctxt);
    fields
}

impl FormField {
    fn read(field: syn::Field, case: Option<Case>, ctxt: &Ctxt) -> Option<Self> {
        let syn::Field { attrs, ident, ty, .. } = field;
        let ident = ident?;
        let keys = FieldKeys::of_attribute("elicit", &attrs, ctxt);
        let (name, name_span) = name(&ident, keys.rename.as_ref().map(|it| &it.0), case);
        let field = Self { ident, name, name_span, ty, doc: docs::text(&attrs), keys };
        check::field(&field, ctxt);
        Some(field)
    }
}

impl FormOption {
    fn read(variant: Variant, case: Option<Case>, ctxt: &Ctxt) -> Self {
        check::variant(&variant, ctxt);
        let Variant { attrs, ident, .. } = variant;
        let VariantKeys { title, rename } = VariantKeys::of_attribute("elicit", &attrs, ctxt);
        let (name, name_span) = name(&ident, rename.as_ref().map(|it| &it.0), case);
        let title = title.map(|title| title.0.value()).or_else(|| first_line(&attrs));
        Self { ident, name, name_span, title }
    }
}

fn name(ident: &Ident, rename: Option<&syn::LitStr>, case: Option<Case>) -> (String, Span) {
    if let Some(rename) = rename {
        return (rename.value(), rename.span());
    }
    let own = ident.unraw().to_string();
    (case.map_or(own.clone(), |case| case.apply(&own)), ident.span())
}

/// A title is short.
fn first_line(attrs: &[Attribute]) -> Option<String> {
    docs::text(attrs)?.lines().next().map(str::to_owned)
}
