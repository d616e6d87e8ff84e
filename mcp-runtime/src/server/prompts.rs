//! `prompts/list`, `prompts/get` and `completion/complete`.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::{
    core::Core,
    cursor::List,
    dispatch::{Refusal, Request},
    guard::Abort,
    handle::Item,
    tools::{not_an_object, unknown},
};
use crate::{
    primitives::{Call, CompletionRequest, Completions, ErrorKind, Input},
    protocol::{Object, RpcError, member, optional_member},
};

/// How many values one answer has (server/utilities/completion).
const MAX_COMPLETIONS: usize = 100;

impl Core {
    pub(super) fn list_prompts(&self, request: &Request<'_>) -> Result<Vec<u8>, RpcError> {
        self.list_static(request, List::Prompts, "prompts")
    }

    pub(super) async fn get_prompt(
        self: &Arc<Self>,
        request: &mut Request<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let name = request.params.text("name")?;
        let catalog = self.catalog();
        let prompt = catalog
            .prompts
            .get(&name)
            .filter(|_| self.is_visible(request.principal.as_ref(), Item::Prompt(&name)))
            .ok_or_else(|| unknown("prompt", &name))?;
        let arguments = match request.params.arguments {
            None => "",
            Some(raw) if raw.get().starts_with('{') => raw.get(),
            Some(_) => return Err(not_an_object().into()),
        };
        request.require(&prompt.prompt.definition.requires).map_err(RpcError::from)?;
        let (ctx, _admitted) = self.start_asking_call(request)?;
        let call = Call::new(ctx.clone(), &prompt.input, Cow::Borrowed(arguments), "");
        let outcome = match self.guard(prompt.get(call), &ctx).await {
            Err(Abort::Asked) => return self.input_required(request, &ctx),
            outcome => outcome?,
        };
        let result = outcome.map_err(|error| match error.into_kind() {
            ErrorKind::Arguments(error) => RpcError::invalid_params(error.to_string()),
            kind => kind.into(),
        })?;
        let description =
            result.description.as_deref().or(prompt.prompt.definition.description.as_deref());
        let message = self.result(request, |out| {
            out.optional("description", description);
            let mut messages = out.array_at("messages");
            for message in &result.messages {
                message.write(messages.item(), request.revision);
            }
            messages.end();
        });
        self.check_size(&message)?;
        Ok(message)
    }

    pub(super) async fn complete(
        self: &Arc<Self>,
        request: &mut Request<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let Object(reference): Object<Reference> =
            member(request.params.reference, "ref", "a reference to a prompt or a resource")?;
        let Object(argument): Object<Argument> =
            member(request.params.argument, "argument", "an object with `name` and `value`")?;
        let known: Option<Object<Known>> =
            optional_member(request.params.context, "context", "an object with `arguments`")?;
        let catalog = self.catalog();
        let input: &Input = match &reference {
            Reference::Prompt { name } => catalog
                .prompts
                .get(name)
                .filter(|_| self.is_visible(request.principal.as_ref(), Item::Prompt(name)))
                .map(|prompt| &prompt.input)
                .ok_or_else(|| unknown("prompt", name))?,
            Reference::Resource { uri } => catalog
                .resources
                .get(uri)
                .filter(|_| self.is_visible(request.principal.as_ref(), Item::Resource(uri)))
                .map(|resource| &resource.input)
                .ok_or_else(|| unknown("resource template", uri))?,
        };
        if !input.has_param(&argument.name) {
            return Err(unknown("argument", &argument.name).into());
        }
        let (ctx, _admitted) = self.start_call(request)?;
        let completions = match input.completer(&argument.name) {
            None => Completions::default(),
            Some(completer) => {
                let asked = CompletionRequest {
                    value: argument.value,
                    arguments: known.map(|Object(known)| known.arguments).unwrap_or_default(),
                    context: ctx.request(),
                };
                self.guard(completer.complete(asked), &ctx).await?.map_err(RpcError::from)?
            }
        };
        let total = completions.total.unwrap_or(completions.values.len());
        let values = completions.values.get(..MAX_COMPLETIONS).unwrap_or(&completions.values);
        Ok(self.result(request, |result| {
            let mut completion = result.object_at("completion");
            completion.member("values", values);
            completion.member("total", &total);
            completion.member("hasMore", &(total > values.len()));
            completion.end();
        }))
    }
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Reference {
    #[serde(rename = "ref/prompt")]
    Prompt { name: String },
    #[serde(rename = "ref/resource")]
    Resource { uri: String },
}

#[derive(Deserialize)]
struct Argument {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    arguments: BTreeMap<String, String>,
}
