use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::{
    Attribute, FnArg, Signature, Token, Visibility,
    parse::{Parse, ParseStream},
};

use super::Kind;

/// A function whose body is not looked at: nothing in it matters here, and while the author types
/// it need not even parse.
#[derive(Clone)]
pub(crate) struct Function {
    /// What the macros put in front of it.
    lints: TokenStream,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenTree,
}

impl Function {
    /// The `#[cfg]` attributes: what stands beside the function exists when the function does.
    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> + Clone {
        self.attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
    }

    /// Whether a function, and no other item, comes next.
    pub(crate) fn is_next(input: ParseStream<'_>) -> syn::Result<bool> {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        Ok(starts_signature(&ahead))
    }

    /// The attributes that make something of the function.
    pub(crate) fn markers(&self) -> impl Iterator<Item = (Kind, &Attribute)> {
        self.attrs.iter().filter_map(|attr| Some((Kind::of(attr)?, attr)))
    }

    /// Puts `#[allow(..)]` in front.
    pub(crate) fn lint(&mut self, allow: TokenStream) {
        self.lints = allow;
    }

    /// Takes away what only the macros understand: `#[arg]`, `#[inject]`, and doc comments on
    /// parameters. Gives the attributes of each parameter as they were.
    pub(crate) fn strip_params(&mut self) -> Vec<Vec<Attribute>> {
        let strip = |param: &mut FnArg| {
            let attrs = match param {
                FnArg::Receiver(receiver) => &mut receiver.attrs,
                FnArg::Typed(typed) => &mut typed.attrs,
            };
            let all = attrs.clone();
            attrs
                .retain(|attr| !["arg", "inject", "doc"].iter().any(|it| attr.path().is_ident(it)));
            all
        };
        self.sig.inputs.iter_mut().map(strip).collect()
    }
}

fn starts_signature(input: ParseStream<'_>) -> bool {
    input.peek(Token![fn])
        || input.peek(Token![async])
        || input.peek(Token![unsafe])
        || input.peek(Token![extern])
        || (input.peek(Token![const])
            && (input.peek2(Token![fn])
                || input.peek2(Token![async])
                || input.peek2(Token![unsafe])
                || input.peek2(Token![extern])))
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !starts_signature(input) {
            return Err(input.error("only a function becomes a tool, a resource or a prompt"));
        }
        let (sig, body) = (input.parse()?, input.parse()?);
        Ok(Self { lints: TokenStream::new(), attrs, vis, sig, body })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.lints.to_tokens(tokens);
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}
