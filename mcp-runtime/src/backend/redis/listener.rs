//! Messages of one channel, on a connection of their own.

use std::{sync::Arc, time::Duration};

use ::redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, ProtocolVersion, PushInfo, PushKind, RedisError,
    Value,
};
use tokio::{sync::Notify, task::AbortHandle};

/// How often a silent connection is asked whether it lives, and how long the answer may take.
const PING_EVERY: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(1);
/// The pause after a failed connection grows up to this.
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// What is heard of a channel.
pub(crate) enum Heard<'a> {
    Message(&'a str),
    /// The channel is heard from here on; what was said before may have been missed.
    Connected,
}

/// Listens until it is dropped.
pub(crate) struct Listener(AbortHandle);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

type Hear = Arc<dyn Fn(Heard<'_>) + Send + Sync>;

impl Listener {
    /// Needs a runtime, as all that waits does.
    pub(crate) fn spawn(client: &Client, channel: String, hear: Hear) -> Self {
        let info = client.get_connection_info().clone();
        // What is pushed comes between answers, which the older protocol cannot do.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let info = info.set_redis_settings(settings);
        let listening = tokio::spawn(async move {
            let mut pause = Duration::from_millis(50);
            loop {
                let lost = subscribe(&info, &channel, &hear, &mut pause).await;
                if let Err(error) = lost {
                    tracing::debug!(%error, "Redis is not heard for a while");
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(MAX_PAUSE);
            }
        });
        Self(listening.abort_handle())
    }
}

/// Passes messages on until the connection is lost.
async fn subscribe(
    info: &ConnectionInfo,
    channel: &str,
    hear: &Hear,
    pause: &mut Duration,
) -> Result<(), RedisError> {
    let lost = Arc::new(Notify::new());
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_push_sender({
            let (lost, hear) = (Arc::clone(&lost), Arc::clone(hear));
            move |push: PushInfo| {
                match push.kind {
                    PushKind::Message => pass_on(&push.data, &hear),
                    PushKind::Disconnection => lost.notify_one(),
                    _ => {}
                }
                Ok::<(), std::convert::Infallible>(())
            }
        });
    let client = Client::open(info.clone())?;
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    connection.subscribe(channel).await?;
    hear(Heard::Connected);
    *pause = Duration::from_millis(50);
    let ping = ::redis::cmd("PING");
    loop {
        tokio::select! {
            () = lost.notified() => return Ok(()),
            () = tokio::time::sleep(PING_EVERY) => ping.query_async::<()>(&mut connection).await?,
        }
    }
}

/// A message is the channel and the text.
fn pass_on(data: &[Value], hear: &Hear) {
    if let Some(Value::BulkString(text)) = data.get(1)
        && let Ok(text) = str::from_utf8(text)
    {
        hear(Heard::Message(text));
    }
}
