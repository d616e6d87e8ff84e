use std::{
    cell::OnceCell,
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use tokio::sync::Notify;

use super::Event;
use crate::{
    context::{CallOutbox, Outbox, OutboxFull, notification},
    protocol::{RequestId, keys},
};

/// Where a subscriber's notifications go.
pub(crate) trait Sink: Send + Sync {
    /// A notification that is in and not read yet can stand for this one as well: it says that
    /// something has changed, whenever that was.
    ///
    /// # Errors
    ///
    /// When there is no room, or nobody reads any more.
    fn try_push(&self, message: Bytes) -> Result<(), OutboxFull>;

    /// Whether somebody reads right now.
    fn is_read(&self) -> bool {
        true
    }
}

impl Sink for Outbox {
    fn try_push(&self, message: Bytes) -> Result<(), OutboxFull> {
        if self.holds(&message) { Ok(()) } else { Self::try_push(self, message) }
    }
}

impl Sink for CallOutbox {
    fn try_push(&self, message: Bytes) -> Result<(), OutboxFull> {
        if self.holds(&message) { Ok(()) } else { Self::try_push(self, message) }
    }
}

/// Which events a subscriber wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    pub(crate) resources: bool,
    pub(crate) uris: Vec<String>,
}

impl Filter {
    fn wants(&self, event: &Event) -> bool {
        match event {
            Event::ToolsChanged => self.tools,
            Event::PromptsChanged => self.prompts,
            Event::ResourcesChanged => self.resources,
            Event::ResourceUpdated { uri } => self.uris.iter().any(|watched| covers(watched, uri)),
        }
    }
}

/// Whether `uri` is the watched resource or one below it.
fn covers(watched: &str, uri: &str) -> bool {
    uri.strip_prefix(watched)
        .is_some_and(|rest| rest.is_empty() || watched.ends_with('/') || rest.starts_with('/'))
}

/// Brings events to those who asked for them.
#[derive(Debug, Default)]
pub(crate) struct Bus {
    subscribers: Mutex<Subscribers>,
}

#[derive(Default)]
struct Subscribers {
    next: u64,
    by_key: HashMap<u64, Arc<Subscriber>>,
}

impl std::fmt::Debug for Subscribers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscribers").field("len", &self.by_key.len()).finish_non_exhaustive()
    }
}

struct Subscriber {
    filter: RwLock<Filter>,
    sink: Arc<dyn Sink>,
    /// The id of the `subscriptions/listen` that each of its notifications names.
    tag: Option<RequestId>,
    overflowed: AtomicBool,
    ended: Notify,
}

impl Bus {
    fn lock(&self) -> MutexGuard<'_, Subscribers> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many `subscriptions/listen` are open.
    pub(crate) fn listeners(&self) -> usize {
        self.lock().by_key.values().filter(|subscriber| subscriber.tag.is_some()).count()
    }

    /// Subscribes until the returned guard is dropped. With a `tag`, the subscriber is ended when
    /// it reads too slowly; without one, what it cannot take is left out.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        filter: Filter,
        sink: Arc<dyn Sink>,
        tag: Option<RequestId>,
    ) -> Subscription {
        let subscriber = Arc::new(Subscriber {
            filter: RwLock::new(filter),
            sink,
            tag,
            overflowed: AtomicBool::new(false),
            ended: Notify::new(),
        });
        let mut subscribers = self.lock();
        let key = subscribers.next;
        subscribers.next += 1;
        subscribers.by_key.insert(key, Arc::clone(&subscriber));
        Subscription { bus: Arc::clone(self), key, subscriber }
    }

    pub(crate) fn publish(&self, event: &Event) {
        let message = Message::new(event);
        for subscriber in self.lock().by_key.values() {
            subscriber.tell(&message);
        }
    }

    /// Tells everyone of these events, and that whatever they watch may have changed.
    pub(crate) fn publish_all(&self, events: &[Event]) {
        for subscriber in self.lock().by_key.values() {
            subscriber.tell_all(events);
        }
    }
}

/// An event, written once for all who need no tag.
struct Message<'a> {
    event: &'a Event,
    plain: OnceCell<Bytes>,
}

impl<'a> Message<'a> {
    fn new(event: &'a Event) -> Self {
        Self { event, plain: OnceCell::new() }
    }
}

impl Subscriber {
    fn filter(&self) -> RwLockReadGuard<'_, Filter> {
        self.filter.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, message: &Message<'_>) {
        if !self.filter().wants(message.event) {
            return;
        }
        let bytes = match &self.tag {
            Some(_) => encode(message.event, self.tag.as_ref()),
            None => message.plain.get_or_init(|| encode(message.event, None)).clone(),
        };
        if self.sink.try_push(bytes).is_err() && self.tag.is_some() {
            self.overflowed.store(true, Ordering::Release);
            self.ended.notify_one();
        }
    }

    fn tell_all(&self, events: &[Event]) {
        let watched = self.filter().uris.clone();
        let updated = watched.into_iter().map(|uri| Event::ResourceUpdated { uri });
        for event in events.iter().cloned().chain(updated) {
            self.tell(&Message::new(&event));
        }
    }
}

/// A subscriber's place on the bus, given up when it is dropped.
pub(crate) struct Subscription {
    bus: Arc<Bus>,
    key: u64,
    subscriber: Arc<Subscriber>,
}

impl Subscription {
    /// Changes the filter.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut Filter) -> T) -> T {
        change(&mut self.subscriber.filter.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells this subscriber of these events, and that whatever it watches may have changed.
    pub(crate) fn tell_all(&self, events: &[Event]) {
        self.subscriber.tell_all(events);
    }

    /// Whether the subscriber reads right now.
    pub(crate) fn is_read(&self) -> bool {
        self.subscriber.sink.is_read()
    }

    /// Tells the subscriber something that is for it alone, unless it reads too slowly.
    pub(crate) fn tell(&self, message: Bytes) {
        if self.subscriber.sink.try_push(message).is_err() {
            tracing::debug!("the client reads too slowly: a notification is dropped");
        }
    }

    /// Waits until the subscriber has read too slowly.
    pub(crate) async fn overflowed(&self) {
        while !self.subscriber.overflowed.load(Ordering::Acquire) {
            self.subscriber.ended.notified().await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.bus.lock().by_key.remove(&self.key);
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("key", &self.key).finish_non_exhaustive()
    }
}

fn encode(event: &Event, tag: Option<&RequestId>) -> Bytes {
    let method = match event {
        Event::ToolsChanged => "notifications/tools/list_changed",
        Event::PromptsChanged => "notifications/prompts/list_changed",
        Event::ResourcesChanged => "notifications/resources/list_changed",
        Event::ResourceUpdated { .. } => "notifications/resources/updated",
    };
    notification(method, |params| {
        if let Some(tag) = tag {
            let mut meta = params.object_at("_meta");
            meta.member(keys::SUBSCRIPTION_ID, tag);
            meta.end();
        }
        if let Event::ResourceUpdated { uri } = event {
            params.member("uri", uri);
        }
    })
    .into()
}
