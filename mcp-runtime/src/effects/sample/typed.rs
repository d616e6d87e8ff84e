use std::{fmt, future::IntoFuture, marker::PhantomData};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::SampleRequest;
use crate::{
    effects::AskError,
    primitives::{BoxFuture, Error, Result},
    protocol::Role,
    schema::{self, Validator},
};

/// A question to a model whose answer is a value; `.await` asks it. Made by [`SampleRequest::json`].
#[must_use = "a question is asked by `.await`"]
pub struct SampleJson<'a, T> {
    request: SampleRequest<'a>,
    value: PhantomData<fn() -> T>,
}

impl<'a, T> SampleJson<'a, T> {
    pub(super) fn new(request: SampleRequest<'a>) -> Self {
        Self { request, value: PhantomData }
    }
}

impl<'a, T: DeserializeOwned + JsonSchema + 'static> IntoFuture for SampleJson<'a, T> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let schema = schema::of_input::<T>().schema;
            let validator =
                Validator::new(&schema).map_err(|error| Error::internal(error.to_string()))?;
            let mut talk = self.request.into_talk()?;
            talk.say(
                Role::User,
                format!("Answer with JSON that fits this JSON Schema, and nothing else:\n{schema}"),
            );
            let turn = talk.answer().await?;
            let fault = match read(&validator, &turn.sampled.text()) {
                Ok(value) => return Ok(value),
                Err(fault) => fault,
            };
            let again = format!("That does not fit: {fault}. Answer again, with the JSON alone.");
            let turn = talk.repair(turn, &again).await?;
            read(&validator, &turn.sampled.text()).map_err(|fault| AskError::Unusable(fault).into())
        })
    }
}

impl<T> fmt::Debug for SampleJson<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SampleJson").field(&self.request).finish()
    }
}

fn read<T: DeserializeOwned>(validator: &Validator, text: &str) -> Result<T, String> {
    let value = find_json(text).ok_or("there is no JSON in it")?;
    let json = schema::mend(validator, value).to_string();
    let violations = validator.violations(&json);
    if violations.is_empty() {
        return serde_json::from_str(&json).map_err(|error| error.to_string());
    }
    let violations: Vec<_> = violations.iter().map(ToString::to_string).collect();
    Err(violations.join("; "))
}

/// The JSON of a text: all of it, what stands between code fences, or the first object or array.
fn find_json(text: &str) -> Option<Value> {
    let whole = Some(text);
    let fenced = text.split("```").nth(1).map(|it| it.trim_start_matches(char::is_alphanumeric));
    let found = [whole, fenced].into_iter().flatten().find_map(|it| serde_json::from_str(it).ok());
    found.or_else(|| {
        let start = text.find(['{', '['])?;
        let values = serde_json::Deserializer::from_str(&text[start..]).into_iter();
        values.map_while(Result::ok).next()
    })
}

#[cfg(test)]
#[path = "typed_tests.rs"]
mod tests;
