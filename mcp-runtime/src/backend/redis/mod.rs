//! The backend in Redis 7 or newer, or in Valkey.

mod connection;
mod listener;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use ::redis::{Client, FromRedisValue, Script, Value, from_redis_value};
use bytes::Bytes;
use tokio::sync::broadcast;

pub(crate) use self::{
    connection::{Connection, unavailable},
    listener::{Heard as HeardOnChannel, Listener},
};
use super::{Appended, Backend, Followed, Full, Group, Heard, LogLimits, Signal};
use crate::tasks::{Cipher, StoreError, StoreFuture};

/// How many signals wait for one who hears slowly; then there is a gap for him.
const QUEUED_SIGNALS: usize = 1024;

/// Keeps everything under `{prefix}:`, in one slot of a cluster. Each method is one script, which the
/// server runs as a whole, by its own clock.
pub(crate) struct RedisBackend {
    client: Client,
    connection: Arc<Connection>,
    prefix: String,
    cipher: Arc<dyn Cipher>,
    scripts: Scripts,
    /// What this process signals comes back to it, and is known by this.
    origin: u64,
    heard: broadcast::Sender<Heard>,
    /// Listens once somebody does.
    listener: OnceLock<Listener>,
}

/// The channel of signals, and the place of one.
const SIGNALS: &str = "signals";
const SIGNAL: &str = "signal";
/// Where it is kept which request a log answers.
const REQUEST: &str = "request";

struct Scripts {
    create: Script,
    read: Script,
    set: Script,
    unset: Script,
    keep: Script,
    remove: Script,
    leave: Script,
    append: Script,
    follow: Script,
    signal: Script,
}

/// A script of the folder `lua` beside the file that names it, after the folder's `common.lua`.
///
/// The flags let the server refuse it before it has written anything: when memory is short, but for
/// those that write next to nothing, and on a replica, but for those that only read.
macro_rules! script {
    ($flags:literal, $file:literal) => {
        ::redis::Script::new(concat!(
            "#!lua flags=",
            $flags,
            "\n",
            include_str!("lua/common.lua"),
            include_str!(concat!("lua/", $file, ".lua")),
        ))
    };
}
pub(crate) use script;

impl Scripts {
    fn new() -> Self {
        Self {
            create: script!("", "create"),
            read: script!("no-writes", "read"),
            set: script!("", "set"),
            unset: script!("allow-oom", "unset"),
            keep: script!("allow-oom", "keep"),
            remove: script!("allow-oom", "remove"),
            leave: script!("allow-oom", "leave"),
            append: script!("", "append"),
            follow: script!("allow-oom", "follow"),
            signal: script!("allow-oom", "signal"),
        }
    }
}

impl RedisBackend {
    /// `prefix` has the hash tag and the colon.
    ///
    /// # Errors
    ///
    /// When the operating system gives no random bytes.
    pub(crate) fn new(
        client: Client,
        connection: Arc<Connection>,
        prefix: String,
        cipher: Arc<dyn Cipher>,
    ) -> Result<Self, getrandom::Error> {
        Ok(Self {
            client,
            connection,
            prefix,
            cipher,
            scripts: Scripts::new(),
            origin: getrandom::u64()?,
            heard: broadcast::Sender::new(QUEUED_SIGNALS),
            listener: OnceLock::new(),
        })
    }

    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        args: Vec<Vec<u8>>,
    ) -> Result<T, StoreError> {
        read(self.connection.run(script, &self.prefix, &args).await?)
    }

    fn seal(&self, key: &str, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let context = context(&self.prefix, key, place);
        self.cipher.seal(plain, context.as_bytes()).map_err(unavailable)
    }

    fn open(&self, key: &str, place: &str, sealed: &[u8]) -> Result<Bytes, StoreError> {
        let context = context(&self.prefix, key, place);
        let plain = self.cipher.open(sealed, context.as_bytes());
        plain.map(Bytes::from).map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    fn written(&self, signal: &Signal) -> Result<Vec<u8>, StoreError> {
        let json = serde_json::to_vec(signal).map_err(unavailable)?;
        let mut message = format!("{} ", self.origin).into_bytes();
        message.extend(self.seal(SIGNALS, SIGNAL, &json)?);
        Ok(message)
    }
}

/// Where something is kept: sealed bytes cannot be moved to another place.
fn context(prefix: &str, key: &str, place: &str) -> String {
    format!("{prefix}{key}:{place}")
}

fn read<T: FromRedisValue>(value: Value) -> Result<T, StoreError> {
    from_redis_value(value).map_err(|_| StoreError::Unreadable("an answer of another form".into()))
}

/// Redis has no later times.
const MAX_MILLIS: u128 = 100 * 365 * 86_400_000;

pub(crate) fn millis(duration: Duration) -> Vec<u8> {
    text(duration.as_millis().min(MAX_MILLIS))
}

pub(crate) fn text(value: impl ToString) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn names(groups: &[Group]) -> impl Iterator<Item = Vec<u8>> {
    groups.iter().map(|group| group.name.clone().into_bytes())
}

/// Reads what others have signalled.
struct Hearing {
    prefix: String,
    cipher: Arc<dyn Cipher>,
    origin: String,
}

impl Hearing {
    /// `None` for events of this process, whose clients have heard of them, and for what it does not
    /// understand: another version can have said that.
    fn understand(&self, message: HeardOnChannel<'_>) -> Option<Heard> {
        let HeardOnChannel::Message(message) = message else { return Some(Heard::Gap) };
        let (from, sealed) = message.split_once(' ')?;
        let context = context(&self.prefix, SIGNALS, SIGNAL);
        let json = self.cipher.open(sealed.as_bytes(), context.as_bytes()).ok()?;
        match serde_json::from_slice(&json).ok()? {
            Signal::Event(_) | Signal::Missed if from == self.origin => None,
            Signal::Missed => Some(Heard::Gap),
            signal => Some(Heard::Signal(signal)),
        }
    }
}

impl Backend for RedisBackend {
    fn create<'a>(
        &'a self,
        key: &'a str,
        fields: &'a [(&'a str, &'a [u8])],
        ttl: Duration,
        groups: &'a [Group],
    ) -> StoreFuture<'a, Result<(), Full>> {
        Box::pin(async move {
            let mut args = vec![text(key), millis(ttl), text(groups.len())];
            for group in groups {
                args.extend([group.name.clone().into_bytes(), text(group.max)]);
            }
            for (field, value) in fields {
                args.extend([text(field), self.seal(key, field, value)?]);
            }
            let full: usize = self.run(&self.scripts.create, args).await?;
            Ok(full.checked_sub(1).map_or(Ok(()), |group| Err(Full(group))))
        })
    }

    fn read<'a>(&'a self, key: &'a str) -> StoreFuture<'a, HashMap<String, Bytes>> {
        Box::pin(async move {
            let fields: HashMap<String, Vec<u8>> =
                self.run(&self.scripts.read, vec![text(key)]).await?;
            let open = |(field, sealed): (String, Vec<u8>)| {
                let value = self.open(key, &field, &sealed)?;
                Ok((field, value))
            };
            fields.into_iter().map(open).collect()
        })
    }

    fn set<'a>(
        &'a self,
        key: &'a str,
        field: &'a str,
        value: &'a [u8],
        only_once: bool,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let sealed = self.seal(key, field, value)?;
            let args = vec![text(key), text(field), sealed, text(u8::from(only_once))];
            self.run(&self.scripts.set, args).await
        })
    }

    fn unset<'a>(&'a self, key: &'a str, field: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let _: u8 = self.run(&self.scripts.unset, vec![text(key), text(field)]).await?;
            Ok(())
        })
    }

    fn keep<'a>(
        &'a self,
        key: &'a str,
        ttl: Duration,
        groups: &'a [Group],
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let args = [text(key), millis(ttl)].into_iter().chain(names(groups));
            self.run(&self.scripts.keep, args.collect()).await
        })
    }

    fn remove<'a>(&'a self, key: &'a str, groups: &'a [Group]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let args = [text(key)].into_iter().chain(names(groups));
            let _: u8 = self.run(&self.scripts.remove, args.collect()).await?;
            Ok(())
        })
    }

    fn leave<'a>(&'a self, key: &'a str, group: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let _: u8 = self.run(&self.scripts.leave, vec![text(key), text(group)]).await?;
            Ok(())
        })
    }

    fn append<'a>(
        &'a self,
        log: &'a str,
        appended: Appended<'a>,
        limits: LogLimits,
        signal: &'a Signal,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let Appended { first, events, done, request, group } = appended;
            let request = serde_json::to_vec(&request).map_err(unavailable)?;
            let mut args = vec![
                text(log),
                text(first),
                text(limits.events),
                text(limits.bytes),
                text(limits.total_bytes),
                millis(limits.lease),
                millis(limits.ttl),
                text(u8::from(done)),
                text(&group.name),
                text(group.max),
                self.written(signal)?,
                self.seal(log, REQUEST, &request)?,
            ];
            for (number, event) in (first..).zip(events) {
                args.push(self.seal(log, &number.to_string(), event)?);
            }
            let _: u64 = self.run(&self.scripts.append, args).await?;
            Ok(())
        })
    }

    fn follow<'a>(&'a self, log: &'a str, seen: u64) -> StoreFuture<'a, Option<Followed>> {
        Box::pin(async move {
            let args = vec![text(log), text(seen)];
            let answer: Vec<Value> = self.run(&self.scripts.follow, args).await?;
            let mut answer = answer.into_iter();
            let (Some(done), Some(alive), Some(request), Some(events)) =
                (answer.next(), answer.next(), answer.next(), answer.next())
            else {
                return Ok(None);
            };
            let (request, events): (Vec<u8>, Vec<Vec<u8>>) = (read(request)?, read(events)?);
            let request = serde_json::from_slice(&self.open(log, REQUEST, &request)?)
                .map_err(|error| StoreError::Unreadable(error.to_string()))?;
            let events = (seen.saturating_add(1)..).zip(events);
            let events = events
                .map(|(number, event)| self.open(log, &number.to_string(), &event))
                .collect::<Result<_, _>>()?;
            Ok(Some(Followed { events, done: read(done)?, alive: read(alive)?, request }))
        })
    }

    fn signal<'a>(&'a self, signal: &'a Signal) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let _: u64 = self.run(&self.scripts.signal, vec![self.written(signal)?]).await?;
            Ok(())
        })
    }

    fn listen(&self) -> broadcast::Receiver<Heard> {
        let receiver = self.heard.subscribe();
        self.listener.get_or_init(|| {
            let (prefix, cipher) = (self.prefix.clone(), Arc::clone(&self.cipher));
            let hearing = Hearing { prefix, cipher, origin: self.origin.to_string() };
            let (heard, channel) = (self.heard.clone(), format!("{}{SIGNALS}", self.prefix));
            let hear = move |message: HeardOnChannel<'_>| {
                if let Some(next) = hearing.understand(message) {
                    // Fails when nobody listens any more.
                    let _ = heard.send(next);
                }
            };
            Listener::spawn(&self.client, channel, Arc::new(hear))
        });
        receiver
    }
}

impl fmt::Debug for RedisBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBackend").finish_non_exhaustive()
    }
}
