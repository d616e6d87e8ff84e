//! Calls in several rounds: what a client of 2026-07-28 keeps for the server between a question and
//! its answer (basic/patterns/mrtr).

use std::sync::Arc;

use mcp_auth::Principal;
use serde_json::value::RawValue;

use super::{
    core::Core,
    dispatch::{Refusal, Request},
};
use crate::{
    context::Context,
    effects::{Asking, Effects, Journal},
    protocol::{InputResponses, Params, RpcError, Text, optional_member},
    schema::{canonical, parse_modest},
};

const PURPOSE: &str = "requestState";

impl Core {
    /// How the function of this request can ask the client, and what is answered already.
    ///
    /// # Errors
    ///
    /// -32602 when the request continues a call and its state is not one that this server has given
    /// to this caller for the same request, or has expired; or its answers cannot be read.
    pub(super) fn effects(&self, request: &Request<'_>) -> Result<Effects, RpcError> {
        let timeout = self.limits.question_timeout;
        if !request.revision.is_stateless() {
            let asking = match &request.session {
                _ if !request.can_ask => {
                    Asking::Unavailable("the client reads no questions: it accepts no event stream")
                }
                Some(session) => Asking::Live(Arc::clone(&session.asks)),
                None => Asking::Unavailable("the client cannot be asked without a session"),
            };
            return Ok(Effects::new(asking, timeout));
        }
        let params = &request.params;
        if params.request_state.is_none() && params.input_responses.is_none() {
            return Ok(Effects::new(Asking::Replay, timeout));
        }
        // Each is read by itself, so that a fault of one does not hide the other.
        let journal =
            optional_member::<Text<'_>>(params.request_state, "requestState", "a string")?
                .map(|Text(state)| self.open_state(request, &state))
                .transpose()?;
        let answers: Option<InputResponses> =
            optional_member(params.input_responses, "inputResponses", "an object")?;
        let answers = answers.map(|InputResponses(answers)| answers).unwrap_or_default();
        Effects::resume(journal, answers, timeout).map_err(RpcError::from)
    }

    fn open_state(&self, request: &Request<'_>, state: &str) -> Result<Journal, RpcError> {
        // One message for every fault: it tells nothing of the reason.
        let invalid = || RpcError::invalid_params("invalid `requestState`");
        if state.len() > max_sealed(self.limits.state_bytes) {
            return Err(invalid());
        }
        let plain = self.sealer.open(PURPOSE, &binding(request), state).map_err(|_| invalid())?;
        let journal: Journal = serde_json::from_slice(&plain).map_err(|_| invalid())?;
        if journal.has_expired(self.limits.state_lifetime, self.limits.call_lifetime) {
            return Err(invalid());
        }
        Ok(journal)
    }

    /// The answer to a request whose function waits for the client's answers.
    pub(super) fn input_required(
        &self,
        request: &Request<'_>,
        ctx: &Context,
    ) -> Result<Vec<u8>, Refusal> {
        let Some((mut journal, questions)) = ctx.info().effects.take_round() else {
            return Err(RpcError::internal("round", "the call is over").into());
        };
        journal.round += 1;
        if journal.round > self.limits.rounds {
            let max = self.limits.rounds;
            tracing::warn!(
                method = &*request.method,
                max,
                "a function asks in more rounds than it may: does its question change from run to run?"
            );
            let message = format!("the call has more than {max} rounds of questions");
            return Err(RpcError::internal("too_many_rounds", message).into());
        }
        journal.sealed = crate::effects::now();
        let plain = serde_json::to_vec(&journal).map_err(|error| {
            tracing::error!(%error, "a journal cannot be written");
            crate::primitives::internal_error()
        })?;
        let max = self.limits.state_bytes;
        if plain.len() > max {
            let message = format!("the answers and steps of the call have more than {max} bytes");
            return Err(RpcError::internal("state_too_large", message).into());
        }
        let state = self
            .sealer
            .seal(PURPOSE, &binding(request), &plain)
            .map_err(|error| Refusal::Error(error.into()))?;
        Ok(self.style.result_of_type("input_required", &request.id, |result| {
            let mut requests = result.object_at("inputRequests");
            for (key, question) in &questions {
                requests.entry(key, &question.to_json());
            }
            requests.end();
            result.member("requestState", &state);
        }))
    }
}

/// The longest text that so many bytes can be sealed to.
fn max_sealed(bytes: usize) -> usize {
    bytes.saturating_add(64).saturating_mul(4).div_ceil(3)
}

/// What a state belongs to: the caller, and all of the request that the function can depend on.
fn binding(request: &Request<'_>) -> String {
    let Params { name, uri, arguments, task, .. } = request.params;
    let mut binding = format!("{} {}", request.method, identity(request.principal.as_ref()));
    for member in [name, uri, arguments, task] {
        binding.push('\n');
        // What is too large to be compared by its values has to come back as it was.
        let raw = member.map_or("", RawValue::get);
        match parse_modest(raw) {
            Some(value) => binding.push_str(&canonical(&value)),
            None => binding.push_str(raw),
        }
    }
    binding
}

/// A text that each caller has for itself.
pub(crate) fn identity(principal: Option<&Principal>) -> String {
    format!("{:?}", principal.map(|it| (it.issuer(), it.subject(), it.client())))
}
