//! Requests of 2026-07-28 that the server answers with questions: the client sends them again, with
//! its answers.

use serde_json::{Map, Value, json};

use super::{ClientError, Question, Reply, Request, answers::Script, request::describe};

/// After so many rounds a client gives up.
const MAX_ROUNDS: usize = 10;

impl Request<Reply> {
    /// Sends the request until the server has a result.
    pub(super) async fn in_rounds(mut self) -> Result<Reply, ClientError> {
        let what = describe(&self.method, &self.params);
        let mut notifications = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let mut reply = self.round(&what).await?;
            let Some(script) = self.client.script_of_rounds() else { return Ok(reply) };
            notifications.append(&mut reply.notifications);
            if !is_input_required(&reply.result) {
                return Ok(Reply { notifications, ..reply });
            }
            self.answer(&script, &reply.result, &what)?;
        }
        Err(ClientError::closed(what, format!("the server still asks after {MAX_ROUNDS} rounds")))
    }

    /// One round; a strict client sends it twice and compares what the server asks.
    async fn round(&self, what: &str) -> Result<Reply, ClientError> {
        let reply = self.clone().start().await?.finish().await?;
        if self.client.strict && is_input_required(&reply.result) {
            let again = self.clone().start().await?.finish().await?;
            let [first, second] =
                [&reply.result, &again.result].map(|result| questions(&result["inputRequests"]));
            if first != second {
                return Err(ClientError::closed(
                    what,
                    format!("run again, the function asks something else: {first}, then {second}"),
                ));
            }
        }
        Ok(reply)
    }

    /// Puts the answers into the request, and the state as it came.
    fn answer(&mut self, script: &Script, result: &Value, what: &str) -> Result<(), ClientError> {
        let mut responses = Map::new();
        let requests = result.get("inputRequests").and_then(Value::as_object);
        for (key, request) in requests.into_iter().flatten() {
            let question = Question {
                key: Some(key.clone()),
                method: request["method"].as_str().unwrap_or_default().to_owned(),
                params: request["params"].clone(),
            };
            let response = script.answer(question).into_response();
            let response = response.map_err(|why| ClientError::closed(what, why))?;
            responses.insert(key.clone(), response);
        }
        if self.params.is_null() {
            self.params = json!({});
        }
        let params = &mut self.params;
        params["inputResponses"] = Value::Object(responses);
        match result.get("requestState") {
            Some(state) => params["requestState"] = state.clone(),
            None => drop(params.as_object_mut().map(|params| params.remove("requestState"))),
        }
        self.round += 1;
        Ok(())
    }
}

fn is_input_required(result: &Value) -> bool {
    result.get("resultType").and_then(Value::as_str) == Some("input_required")
}

/// The questions without their URLs, of which each call has its own.
fn questions(requests: &Value) -> Value {
    let mut requests = requests.clone();
    for request in requests.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Some(params) = request["params"].as_object_mut() {
            params.remove("url");
        }
    }
    requests
}
