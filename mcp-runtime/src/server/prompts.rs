//! `prompts/list`, `prompts/get` and `completion/complete`.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer as _,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

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
    protocol::{Object, RpcError, Text, member, optional_member},
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
        let get =
            || prompt.get(Call::new(ctx.clone(), &prompt.input, Cow::Borrowed(arguments), ""));
        let outcome = match self.run(&ctx, get).await {
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
        let known: Option<Object<Known<'_>>> =
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
        let arguments = match known.and_then(|Object(known)| known.arguments) {
            Some(arguments) => filled_in(arguments, input)?,
            None => BTreeMap::new(),
        };
        let (ctx, _admitted) = self.start_call(request)?;
        let completions = match input.completer(&argument.name) {
            None => Completions::default(),
            Some(completer) => {
                let asked =
                    CompletionRequest { value: argument.value, arguments, context: ctx.request() };
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
#[serde(try_from = "ReferenceMembers")]
pub(super) enum Reference {
    Prompt { name: String },
    Resource { uri: String },
}

/// Of a tagged enum, serde would keep whatever stands before the tag.
#[derive(Deserialize)]
struct ReferenceMembers {
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    uri: Option<String>,
}

impl TryFrom<ReferenceMembers> for Reference {
    type Error = &'static str;

    fn try_from(members: ReferenceMembers) -> Result<Self, Self::Error> {
        match (members.kind.as_str(), members.name, members.uri) {
            ("ref/prompt", Some(name), _) => Ok(Self::Prompt { name }),
            ("ref/resource", _, Some(uri)) => Ok(Self::Resource { uri }),
            _ => Err("neither a prompt nor a resource"),
        }
    }
}

#[derive(Deserialize)]
struct Argument {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Known<'a> {
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

/// The arguments that are filled in already. One that does not exist is passed over, so that a
/// client cannot fill the memory with them.
fn filled_in(arguments: &RawValue, input: &Input) -> Result<BTreeMap<String, String>, RpcError> {
    let mut deserializer = serde_json::Deserializer::from_str(arguments.get());
    deserializer.deserialize_map(FilledIn(input)).map_err(|_| {
        RpcError::invalid_params("`params.context.arguments` is not an object of strings")
    })
}

struct FilledIn<'i>(&'i Input);

impl<'de> Visitor<'de> for FilledIn<'_> {
    type Value = BTreeMap<String, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut arguments = BTreeMap::new();
        while let Some(Text(name)) = members.next_key::<Text<'de>>()? {
            if self.0.has_param(&name) {
                arguments.insert(name.into_owned(), members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(arguments)
    }
}
