//! Changes as the server tells them, on a connection of their own.

use std::{sync::Arc, time::Duration};

use ::redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, ProtocolVersion, PushInfo, PushKind, RedisError,
    Value,
};
use tokio::{sync::Notify, task::AbortHandle};

use crate::tasks::Watchers;

/// How often a silent connection is asked whether it lives, and how long the answer may take.
const PING_EVERY: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(1);
/// The pause after a failed connection grows up to this.
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// Listens until it is dropped.
pub(super) struct Events(AbortHandle);

impl Drop for Events {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Events {
    /// Needs a runtime, as all that waits does.
    pub(super) fn listen(client: &Client, prefix: &str, watchers: Watchers) -> Self {
        let channel = format!("{prefix}changes");
        let info = client.get_connection_info().clone();
        // What is pushed comes between answers, which the older protocol cannot do.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let info = info.set_redis_settings(settings);
        let listening = tokio::spawn(async move {
            let mut pause = Duration::from_millis(50);
            loop {
                let lost = subscribe(&info, &channel, &watchers, &mut pause).await;
                if let Err(error) = lost {
                    tracing::debug!(%error, "changes of tasks are not told for a while");
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(MAX_PAUSE);
            }
        });
        Self(listening.abort_handle())
    }
}

/// Passes changes on until the connection is lost.
async fn subscribe(
    info: &ConnectionInfo,
    channel: &str,
    watchers: &Watchers,
    pause: &mut Duration,
) -> Result<(), RedisError> {
    let lost = Arc::new(Notify::new());
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_push_sender({
            let (lost, watchers) = (Arc::clone(&lost), watchers.clone());
            move |push: PushInfo| {
                match push.kind {
                    PushKind::Message => pass_on(&push.data, &watchers),
                    PushKind::Disconnection => lost.notify_one(),
                    _ => {}
                }
                Ok::<(), std::convert::Infallible>(())
            }
        });
    let client = Client::open(info.clone())?;
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    connection.subscribe(channel).await?;
    // What has changed before was not told.
    watchers.all_changed();
    *pause = Duration::from_millis(50);
    let ping = ::redis::cmd("PING");
    loop {
        tokio::select! {
            () = lost.notified() => return Ok(()),
            () = tokio::time::sleep(PING_EVERY) => ping.query_async::<()>(&mut connection).await?,
        }
    }
}

/// A message is the channel and the text: `work`, or `task` and an id.
fn pass_on(data: &[Value], watchers: &Watchers) {
    let Some(Value::BulkString(text)) = data.get(1) else { return };
    let text = str::from_utf8(text).unwrap_or_default();
    if text == "work" {
        watchers.work_added();
    } else if let Some(Ok(id)) = text.strip_prefix("task ").map(str::parse) {
        watchers.task_changed(id);
    }
}
