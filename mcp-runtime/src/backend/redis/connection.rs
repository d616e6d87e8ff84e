//! One connection for all commands, made again when it is lost.

use std::{
    error::Error as StdError,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ::redis::{
    AsyncConnectionConfig, Client, ErrorKind, RedisError, Script, ScriptInvocation,
    ServerErrorKind, Value, aio::MultiplexedConnection,
};
use tokio::{sync::watch, time::Instant};

use crate::tasks::StoreError;

/// How long to wait before the next attempt.
const PAUSE: Duration = Duration::from_millis(50);
/// When a caller may try again, after something that passes soon.
const SOON: Duration = Duration::from_secs(1);

pub(crate) struct Connection {
    client: Client,
    timeout: Duration,
    current: Mutex<Current>,
}

/// The present connection and its number, so that only one caller replaces a lost one.
#[derive(Default)]
struct Current {
    number: u64,
    /// `None` in it until the connection is made.
    made: Option<watch::Receiver<Option<Made>>>,
}

type Made = Result<MultiplexedConnection, RedisError>;

impl Connection {
    pub(crate) fn new(client: Client, timeout: Duration) -> Self {
        Self { client, timeout, current: Mutex::default() }
    }

    /// Runs a script within the time limit. What can be gone through again is tried again: every
    /// script does the same when it is run twice.
    pub(crate) async fn run(
        &self,
        script: &Script,
        prefix: &str,
        args: &[Vec<u8>],
    ) -> Result<Value, StoreError> {
        let mut invocation = script.key(prefix);
        for arg in args {
            invocation.arg(arg.as_slice());
        }
        self.attempt(Some(&invocation)).await
    }

    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        self.attempt(None).await.map(drop)
    }

    /// Runs a script, or pings.
    async fn attempt(&self, script: Option<&ScriptInvocation<'_>>) -> Result<Value, StoreError> {
        let deadline = Instant::now() + self.timeout;
        let mut last = None;
        let attempts = async {
            loop {
                let error = match self.connection().await {
                    Ok((number, mut connection)) => match query(script, &mut connection).await {
                        Ok(value) => return Ok(value),
                        Err(error) => {
                            if is_connection_lost(&error) {
                                self.forget(number);
                            }
                            error
                        }
                    },
                    Err(error) => error,
                };
                if !is_passing(&error) {
                    return Err(refused(error));
                }
                last = Some(error);
                tokio::time::sleep(PAUSE).await;
            }
        };
        match tokio::time::timeout_at(deadline, attempts).await {
            Ok(result) => result,
            Err(elapsed) => Err(StoreError::Unavailable {
                retry: SOON,
                cause: last.map_or_else(|| elapsed.into(), Into::into),
            }),
        }
    }

    async fn connection(&self) -> Result<(u64, MultiplexedConnection), RedisError> {
        let (number, mut made) = self.current();
        let made = match made.wait_for(Option::is_some).await {
            Ok(made) => made.clone(),
            Err(_) => None,
        };
        let stopped = || Err(io::Error::other("the runtime stops").into());
        let connection = made.unwrap_or_else(stopped);
        if connection.is_err() {
            self.forget(number);
        }
        Ok((number, connection?))
    }

    /// The connection that is there or is being made.
    ///
    /// It is made by a task of its own: a caller can be a future that nobody polls for a while, and
    /// others would wait for it.
    fn current(&self) -> (u64, watch::Receiver<Option<Made>>) {
        let mut current = self.lock();
        if let Some(made) = &current.made {
            return (current.number, made.clone());
        }
        // An answer that does not come within half of the time leaves the other half for another
        // connection.
        let patience = self.timeout / 2;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(patience))
            .set_response_timeout(Some(patience));
        let (sender, made) = watch::channel(None);
        let client = self.client.clone();
        tokio::spawn(async move {
            let made = client.get_multiplexed_async_connection_with_config(&config).await;
            sender.send_replace(Some(made));
        });
        current.number += 1;
        current.made = Some(made.clone());
        (current.number, made)
    }

    fn forget(&self, lost: u64) {
        let mut current = self.lock();
        if current.number == lost {
            current.made = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn query(
    script: Option<&ScriptInvocation<'_>>,
    connection: &mut MultiplexedConnection,
) -> Result<Value, RedisError> {
    match script {
        // Loads the script where the server does not know it.
        Some(script) => script.invoke_async(connection).await,
        None => ::redis::cmd("PING").query_async(connection).await,
    }
}

/// Whether the connection must be made again. After a failover, a name can lead to another server.
fn is_connection_lost(error: &RedisError) -> bool {
    let is_replica = error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly);
    is_replica || error.is_io_error() || error.kind() == ErrorKind::Parse
}

/// Whether another attempt can go better within a second.
fn is_passing(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, NoScript, TryAgain};
    is_connection_lost(error)
        || match error.kind() {
            // The script was forgotten again between its loading and its call.
            ErrorKind::Server(NoScript | BusyLoading | ClusterDown | MasterDown | TryAgain) => true,
            _ => error.code() == Some("BUSY"),
        }
}

/// What another attempt does not change.
fn refused(error: RedisError) -> StoreError {
    match error.code() {
        Some("WRONGTYPE") => StoreError::Unreadable("a key of another type".into()),
        // OOM, MISCONF, NOPERM, NOAUTH, MOVED: somebody has to look after the server.
        _ => StoreError::Unavailable { retry: 10 * SOON, cause: error.into() },
    }
}

/// Something else than the server is not available.
pub(crate) fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> StoreError {
    StoreError::Unavailable { retry: SOON, cause: cause.into() }
}
