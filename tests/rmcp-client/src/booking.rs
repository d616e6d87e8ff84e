//! What the client does with the `booking` server: it answers what it is asked.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rmcp::{
    ClientHandler, RoleClient,
    model::{
        CallToolRequestParams, ClientConfig, ElicitRequestParams, ElicitResult, ElicitationAction,
        ElicitationCapability, ErrorData, JsonObject, ProtocolVersion,
    },
    service::{RequestContext, RunningService},
};
use serde_json::{Value, json};

use crate::Result;

/// Answers in order, and closes what it has no answer to.
#[derive(Default)]
pub struct Guest {
    answers: Mutex<VecDeque<ElicitResult>>,
    asked: Mutex<Vec<String>>,
}

impl ClientHandler for Guest {
    fn get_info(&self) -> ClientConfig {
        let mut config =
            ClientConfig::default().with_protocol_version(ProtocolVersion::V_2025_11_25);
        config.capabilities.elicitation = Some(ElicitationCapability::new());
        config
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            return Ok(ElicitResult::new(ElicitationAction::Cancel));
        };
        lock(&self.asked).push(message);
        let answer = lock(&self.answers).pop_front();
        Ok(answer.unwrap_or_else(|| ElicitResult::new(ElicitationAction::Cancel)))
    }
}

pub async fn exercise(client: RunningService<RoleClient, Guest>) -> Result {
    let wish = json!({
        "check_alternative": true, "alternative_date": "2026-12-27", "seating": "outside",
    });
    lock(&client.service().answers).extend([
        ElicitResult::new(ElicitationAction::Accept).with_content(wish),
        ElicitResult::new(ElicitationAction::Accept).with_content(json!({})),
        ElicitResult::new(ElicitationAction::Decline),
    ]);
    let booked = call(&client, "book_table", json!({ "date": "2026-12-24", "party_size": 4 }));
    let text = json!("a table for 4 is booked on 2026-12-27, without a reminder");
    assert_eq!(booked.await?["content"][0]["text"], text);
    let asked = [
        "No table for 4 on 2026-12-24. Another date?",
        "Pay a deposit of $40 for 2026-12-27?",
        "Booked. Remind you the day before?",
    ];
    assert_eq!(*lock(&client.service().asked), asked);
    let ledger = &call(&client, "list_bookings", json!({})).await?["structuredContent"];
    assert_eq!(ledger["bookings"].as_array().map(Vec::len), Some(1), "{ledger}");
    assert_eq!(ledger["deposits"], json!([40]));
    client.cancel().await?;
    Ok(())
}

async fn call(
    client: &RunningService<RoleClient, Guest>,
    tool: &'static str,
    arguments: Value,
) -> Result<Value> {
    let arguments: JsonObject = serde_json::from_value(arguments)?;
    let params = CallToolRequestParams::new(tool).with_arguments(arguments);
    Ok(serde_json::to_value(client.call_tool(params).await?)?)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
