use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Private, at, handler::Parts, names::Names};
use crate::{
    keys::{Audience, Icon, ResourceKeys, Scopes, Task, Time, ToolKeys},
    model::{Callable, KindKeys, Primitive},
};

/// The statements and the expression that make the `Tool`, `Resource` or `Prompt`.
pub(super) fn definition(primitive: &Primitive, p: &Private) -> TokenStream {
    let Primitive { callable, id, keys, .. } = primitive;
    let Names { ty, .. } = Names::of(primitive.kind());
    let parts = Parts::of(callable, primitive.kind(), p);
    let own = match keys {
        KindKeys::Tool(keys) => tool(keys, callable, &parts, p),
        KindKeys::Resource(keys) => resource(keys, p),
        KindKeys::Prompt(_) => TokenStream::new(),
    };
    let name = match keys {
        // The URI identifies a resource, and it has a name besides.
        KindKeys::Resource(keys) => {
            let given = keys.name.as_ref().map(|name| name.0.value());
            let name = given.unwrap_or_else(|| callable.name());
            Some(quote!(#name,))
        }
        KindKeys::Tool(_) | KindKeys::Prompt(_) => None,
    };
    let common = common(primitive, p);
    let Parts { prelude, handler, params, .. } = parts;
    quote! {
        #prelude
        #p::#ty::new(#id, #name #handler) #common #own #params
    }
}

fn tool(keys: &ToolKeys, callable: &Callable, parts: &Parts, p: &Private) -> TokenStream {
    let hints = [&keys.read_only, &keys.destructive, &keys.idempotent, &keys.open_world];
    let hints = hints.into_iter().flatten().map(|flag| {
        let (key, value) = (&flag.key, flag.value);
        quote!(.#key(#value))
    });
    let allow_unknown = keys.allow_unknown.as_ref().filter(|flag| flag.value).map(|flag| {
        let key = &flag.key;
        quote!(.#key())
    });
    let (via, output) = (&parts.via, &callable.output);
    let output_schema = quote_spanned! {at(output.span())=>
        .output_schema(#via.output_schema(#p::Probe::<#output, #p::ForTool>::NEW))
    };
    let task = task(keys, p);
    quote!(#(#hints)* #allow_unknown #task #output_schema)
}

fn task(keys: &ToolKeys, p: &Private) -> Option<TokenStream> {
    let ToolKeys { task, ask_first, ttl, poll_interval, time_limit, retries, concurrency, .. } =
        keys;
    let start = match task.as_ref()? {
        Task::Never => return None,
        Task::Optional => quote!(optional),
        Task::Required => quote!(required),
        Task::Handle => quote!(handle),
    };
    let mut policy = quote!(#p::TaskPolicy::#start());
    if ask_first.as_ref().is_some_and(|flag| flag.value) {
        policy.extend(quote!(.ask_first()));
    }
    let times = [
        (quote!(ttl), ttl),
        (quote!(poll_interval), poll_interval),
        (quote!(time_limit), time_limit),
    ];
    for (method, time) in times {
        match time {
            None => {}
            Some(Time::Millis(millis)) => {
                policy.extend(quote!(.#method(#p::Duration::from_millis(#millis))));
            }
            Some(Time::Value(value)) => policy.extend(quote!(.#method(#value))),
        }
    }
    for (method, value) in [(quote!(retries), retries), (quote!(concurrency), concurrency)] {
        if let Some(value) = value {
            policy.extend(quote!(.#method(#value)));
        }
    }
    if let Some(text) = &keys.immediate_response {
        policy.extend(quote!(.immediate_response(#text)));
    }
    Some(quote!(.task(#policy)))
}

fn resource(keys: &ResourceKeys, p: &Private) -> TokenStream {
    let ResourceKeys { mime_type, size, list, audience, priority, .. } = keys;
    let mut calls = TokenStream::new();
    if let Some(mime_type) = mime_type {
        let mime_type = &mime_type.0;
        calls.extend(quote!(.mime_type(#mime_type)));
    }
    if let Some(size) = size {
        calls.extend(quote!(.size(#size)));
    }
    if let Some(list) = list {
        calls.extend(quote_spanned!(at(list.span())=> .list(#list)));
    }
    if !audience.is_empty() || priority.is_some() {
        let roles = audience.iter().map(|audience| match audience {
            Audience::User => quote!(#p::Role::User),
            Audience::Assistant => quote!(#p::Role::Assistant),
        });
        let priority = priority.as_ref().map(|priority| quote!(.priority(#priority)));
        calls.extend(quote! {
            .annotations(#p::Annotations::new().audience([#(#roles),*]) #priority)
        });
    }
    calls
}

/// The calls that tools, resources and prompts share.
fn common(primitive: &Primitive, p: &Private) -> TokenStream {
    let keys = primitive.common();
    let mut calls = TokenStream::new();
    if let Some(title) = &keys.title {
        calls.extend(quote!(.title(#title)));
    }
    let given = keys.description.as_ref().map(ToTokens::to_token_stream);
    let doc = || primitive.callable.doc.as_ref().map(ToTokens::to_token_stream);
    if let Some(description) = given.or_else(doc) {
        calls.extend(quote!(.description(#description)));
    }
    for icon in &keys.icon {
        let icon = match icon {
            Icon::Source(source) => quote!(#p::Icon::new(#source)),
            Icon::Value(value) => quote!(#value),
        };
        calls.extend(quote!(.icon(#icon)));
    }
    if let Some(Scopes(scopes)) = &keys.scopes {
        calls.extend(quote!(.scopes([#(#scopes),*])));
    }
    for capability in keys.requires.iter().flat_map(|requires| &requires.0) {
        calls.extend(quote!(.requires(#p::ClientCapability::#capability)));
    }
    for entry in keys.meta.iter().flat_map(|meta| &meta.0) {
        let (key, value) = (&entry.key, &entry.value);
        calls.extend(quote!(.meta(#key, #value)));
    }
    calls
}
