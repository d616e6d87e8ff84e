use serde_json::Value;

use super::{Checked, features::text, results::is_modern_key};
use crate::{
    protocol::{LogLevel, Revision},
    testing::Notification,
};

/// The notifications of servers: the first and the last revision that has them.
const NOTIFICATIONS: &[(&str, Revision, Revision)] = &[
    ("notifications/progress", Revision::V2024_11_05, Revision::V2026_07_28),
    ("notifications/message", Revision::V2024_11_05, Revision::V2026_07_28),
    ("notifications/cancelled", Revision::V2024_11_05, Revision::V2026_07_28),
    ("notifications/tools/list_changed", Revision::V2024_11_05, Revision::V2026_07_28),
    ("notifications/prompts/list_changed", Revision::V2024_11_05, Revision::V2026_07_28),
    ("notifications/resources/list_changed", Revision::V2024_11_05, Revision::V2026_07_28),
    ("notifications/resources/updated", Revision::V2024_11_05, Revision::V2026_07_28),
    ("notifications/elicitation/complete", Revision::V2025_11_25, Revision::V2025_11_25),
    ("notifications/tasks/status", Revision::V2025_11_25, Revision::V2025_11_25),
    ("notifications/tasks", Revision::V2026_07_28, Revision::V2026_07_28),
    (ACKNOWLEDGED, Revision::V2026_07_28, Revision::V2026_07_28),
];

pub(in crate::testing) const ACKNOWLEDGED: &str = "notifications/subscriptions/acknowledged";

/// Checks a notification by itself; what it belongs to is not looked at.
pub(in crate::testing) fn check_notification(
    notification: &Notification,
    revision: Revision,
) -> Checked {
    let Notification { method, params } = notification;
    let known = NOTIFICATIONS.iter().find(|(name, ..)| name == method);
    if !known.is_some_and(|(_, first, last)| (*first..=*last).contains(&revision)) {
        return Err(format!("{revision} has no `{method}`"));
    }
    match method.as_str() {
        "notifications/progress" => {
            if !params.get("progress").is_some_and(Value::is_number) {
                return Err("`progress` is no number".into());
            }
            if !matches!(params.get("total"), None | Some(Value::Number(_))) {
                return Err("`total` is no number".into());
            }
            if params.get("message").is_some() && revision < Revision::V2025_03_26 {
                return Err(format!("{revision} has no `message` in a progress"));
            }
        }
        "notifications/message" => {
            let level = params.get("level").cloned().unwrap_or_default();
            serde_json::from_value::<LogLevel>(level).map_err(|_| "`level` is no log level")?;
            if params.get("data").is_none() {
                return Err("`data` is missing".into());
            }
        }
        "notifications/resources/updated" => drop(text(params, "uri")?),
        _ => {}
    }
    check_tag(notification, revision)
}

/// In 2026-07-28 a change is told to a subscription, and to nobody else.
fn check_tag(notification: &Notification, revision: Revision) -> Checked {
    let Notification { method, params } = notification;
    if !revision.is_stateless() {
        let meta = params.get("_meta").and_then(Value::as_object);
        let key = meta.and_then(|meta| meta.keys().find(|key| is_modern_key(key)));
        return key.map_or(Ok(()), |key| Err(format!("{revision} has no `{key}` in `_meta`")));
    }
    let of_request = ["notifications/progress", "notifications/message", "notifications/cancelled"]
        .contains(&method.as_str());
    match notification.subscription() {
        None if !of_request => Err(format!("`{method}` belongs to no subscription")),
        Some(_) if of_request => Err(format!("`{method}` belongs to a subscription")),
        _ => Ok(()),
    }
}
