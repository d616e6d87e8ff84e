use proc_macro2::TokenStream;
use quote::{ToTokens, TokenStreamExt};
use syn::{
    Attribute, Generics, ImplItem, Token, Type, braced,
    parse::{Parse, ParseStream},
    token::Brace,
};

use super::Function;

/// An `impl` block whose functions are not looked into.
pub(crate) struct ServerImpl {
    pub(crate) attrs: Vec<Attribute>,
    unsafety: Option<Token![unsafe]>,
    impl_token: Token![impl],
    pub(crate) generics: Generics,
    pub(crate) self_ty: Type,
    /// The type of `impl Trait for Type`, whose trait is `self_ty` then.
    pub(crate) trait_for: Option<(Token![for], Type)>,
    brace: Brace,
    pub(crate) members: Vec<Member>,
}

pub(crate) enum Member {
    Method(Box<Function>),
    Other(Box<ImplItem>),
}

impl Parse for ServerImpl {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let unsafety = input.parse()?;
        if !input.peek(Token![impl]) {
            return Err(input.error("`#[mcp_server]` is for the `impl` block of a type"));
        }
        let impl_token = input.parse()?;
        let mut generics: Generics = if input.peek(Token![<]) && !input.peek2(Token![<]) {
            input.parse()?
        } else {
            Generics::default()
        };
        let self_ty = input.parse()?;
        let trait_for =
            if input.peek(Token![for]) { Some((input.parse()?, input.parse()?)) } else { None };
        generics.where_clause = input.parse()?;
        let content;
        let brace = braced!(content in input);
        let mut members = Vec::new();
        while !content.is_empty() {
            members.push(content.parse()?);
        }
        Ok(Self { attrs, unsafety, impl_token, generics, self_ty, trait_for, brace, members })
    }
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if Function::is_next(input)? {
            Ok(Self::Method(Box::new(input.parse()?)))
        } else {
            Ok(Self::Other(Box::new(input.parse()?)))
        }
    }
}

impl ToTokens for ServerImpl {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.unsafety.to_tokens(tokens);
        self.impl_token.to_tokens(tokens);
        self.generics.to_tokens(tokens);
        self.self_ty.to_tokens(tokens);
        if let Some((for_token, ty)) = &self.trait_for {
            for_token.to_tokens(tokens);
            ty.to_tokens(tokens);
        }
        self.generics.where_clause.to_tokens(tokens);
        self.brace.surround(tokens, |tokens| tokens.append_all(&self.members));
    }
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Method(method) => method.to_tokens(tokens),
            Self::Other(item) => item.to_tokens(tokens),
        }
    }
}
