use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

use super::{Private, at, local, names::Names, param};
use crate::model::{Argument, Callable, Kind, Param, Site};

/// The parts that all kinds of functions have: what runs a call, and the builder's calls for the
/// parameters.
pub(super) struct Parts {
    /// Statements in front of the builder.
    pub(super) prelude: TokenStream,
    /// What `Tool::new` and its like take.
    pub(super) handler: TokenStream,
    /// `.param(..)` and `.injects(..)`.
    pub(super) params: TokenStream,
    /// The name of the variable that knows the way of the return value.
    pub(super) via: Ident,
}

impl Parts {
    pub(super) fn of(callable: &Callable, kind: Kind, p: &Private) -> Self {
        let via = local("via");
        let output = &callable.output;
        let output_span = at(output.span());
        let Names { target, .. } = Names::of(kind);
        let mut prelude = quote_spanned! {output_span=>
            let #via = (&&&&&&#p::Probe::<#output, #p::#target>::NEW).via();
        };
        let mut params = TokenStream::new();
        let mut bindings = Bindings::default();
        for (index, param) in callable.params.iter().enumerate() {
            match param {
                Param::Argument(argument) => {
                    let default = param::default(argument).map(|make| {
                        let name = format_ident!("__mcp_default{index}", span = Span::mixed_site());
                        prelude.extend(quote!(let #name = #make;));
                        name
                    });
                    let definition = param::param(argument, default.as_ref(), p);
                    params.extend(quote!(.param(#definition)));
                    bindings.argument(index, argument, default.as_ref());
                }
                Param::Injected(ty) => {
                    params.extend(quote_spanned!(at(ty.span())=> .injects::<#ty>()));
                    bindings.injected(index, ty, p);
                }
            }
        }
        let handler = handler(callable, kind, &bindings, &via, p);
        Self { prelude, handler, params, via }
    }
}

/// How a handler gets the values of the parameters.
#[derive(Default)]
struct Bindings {
    /// The variables of the arguments, in order.
    arguments: Vec<Ident>,
    /// What each argument is decoded by.
    reads: Vec<TokenStream>,
    /// Statements that make the injected values.
    injections: TokenStream,
    /// All variables, in the order of the parameters.
    all: Vec<Ident>,
}

impl Bindings {
    fn argument(&mut self, param: usize, argument: &Argument, default: Option<&Ident>) {
        let Argument { ty, keys, .. } = argument;
        let index = self.arguments.len();
        let arguments = local("arguments");
        let span = at(ty.span());
        self.reads.push(match default {
            _ if keys.flattens() => quote_spanned!(span=> #arguments.all::<#ty>()?),
            Some(default) => quote_spanned!(span=> #arguments.get_or::<#ty>(#index, #default)?),
            None => quote_spanned!(span=> #arguments.get::<#ty>(#index)?),
        });
        let variable = self.variable(param);
        self.arguments.push(variable);
    }

    fn injected(&mut self, param: usize, ty: &Type, p: &Private) {
        let variable = self.variable(param);
        let call = local("call");
        self.injections.extend(quote_spanned! {at(ty.span())=>
            let #variable = <#ty as #p::FromContext>::from_context(#call.context())?;
        });
    }

    fn variable(&mut self, param: usize) -> Ident {
        let variable = format_ident!("__mcp_{param}", span = Span::mixed_site());
        self.all.push(variable.clone());
        variable
    }
}

fn handler(
    callable: &Callable,
    kind: Kind,
    bindings: &Bindings,
    via: &Ident,
    p: &Private,
) -> TokenStream {
    let (call, arguments, this) = (local("call"), local("arguments"), local("this"));
    let Bindings { arguments: variables, reads, injections, all } = bindings;
    let ident = &callable.ident;
    let invocation = match callable.site {
        Site::Free => quote!(#ident(#(#all),*)),
        Site::Method => quote!(Self::#ident(&#this #(, #all)*)),
    };
    let Names { make: convert, .. } = Names::of(kind);
    let output = if callable.is_async {
        quote!(#invocation.await)
    } else {
        let span = at(callable.output.span());
        let p = p.shown_at(span);
        quote_spanned!(span=> #p::blocking(#call.context(), move || #invocation).await)
    };
    let body = quote! {
        let (#(#variables,)*) = #call
            .decode(|#arguments| ::core::result::Result::Ok((#(#reads,)*)))?;
        #injections
        #via.#convert(#output)
    };
    // A future that is not `Send` is an error here: it is shown at the function's name.
    let run = quote_spanned!(at(ident.span())=> ::std::boxed::Box::pin(async move { #body }));
    match callable.site {
        Site::Free => quote!(move |#call| #run),
        Site::Method => quote! {{
            let #this = ::core::clone::Clone::clone(#this);
            move |#call| {
                let #this = ::core::clone::Clone::clone(&#this);
                #run
            }
        }},
    }
}
