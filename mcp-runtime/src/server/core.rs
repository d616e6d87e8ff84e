use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use mcp_auth::Principal;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

#[cfg(feature = "http")]
use super::Background;
use super::{
    HttpOptions, Limits,
    answer::ResultStyle,
    callers::{CallerPermit, Callers},
    catalog::Catalog,
    custom::CustomMethod,
    handle::Visibility,
    tasks::Tasks,
};
use crate::{
    backend::{Backend, Relay},
    context::StateMap,
    effects::{Sealer, UrlElicitationStore},
    events::{Bus, Event},
    protocol::{Implementation, Revision},
    tasks::TaskStore,
};

/// A built server: all that its transports share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) info: Implementation,
    pub(crate) instructions: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) states: Arc<StateMap>,
    pub(crate) bus: Arc<Bus>,
    /// What other processes share with this one.
    pub(crate) backend: Option<Arc<dyn Backend>>,
    relay: Option<Relay>,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) url_elicitations: Arc<dyn UrlElicitationStore>,
    pub(crate) style: ResultStyle,
    pub(crate) cache: Cache,
    pub(crate) extensions: BTreeMap<String, Value>,
    pub(crate) methods: HashMap<String, CustomMethod>,
    pub(crate) visibility: Option<Visibility>,
    pub(crate) http: HttpOptions,
    pub(crate) tasks: Arc<Tasks>,
    /// What was registered when the server was built, even if the list was empty.
    pub(crate) declared: Declared,
    catalog: RwLock<Arc<Catalog>>,
    /// Calls of sessions whose clients have hung up.
    #[cfg(feature = "http")]
    pub(crate) background: Arc<Background>,
    calls: Arc<Semaphore>,
    callers: Arc<Callers>,
    stop: watch::Sender<bool>,
}

/// Which kinds of things a server has, or will have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Declared {
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    pub(crate) resources: bool,
    /// There are tools that run as tasks.
    pub(crate) tasks: bool,
}

/// What clients and proxies of 2026-07-28 may keep, and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cache {
    pub(crate) lists: Duration,
    pub(crate) resources: Duration,
    /// Lists are the same for everyone.
    pub(crate) public: bool,
}

/// The parts of a [`Core`] that the builder gives.
pub(crate) struct Parts {
    pub(crate) info: Implementation,
    pub(crate) instructions: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) states: StateMap,
    pub(crate) cache: Cache,
    pub(crate) extensions: BTreeMap<String, Value>,
    pub(crate) methods: HashMap<String, CustomMethod>,
    pub(crate) visibility: Option<Visibility>,
    pub(crate) declared: Declared,
    pub(crate) catalog: Catalog,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) url_elicitations: Arc<dyn UrlElicitationStore>,
    pub(crate) http: HttpOptions,
    pub(crate) store: Arc<dyn TaskStore>,
    pub(crate) backend: Option<Arc<dyn Backend>>,
}

impl Core {
    pub(crate) fn new(parts: Parts) -> Self {
        let mut server_info = Vec::new();
        parts.info.write(&mut server_info, Revision::LATEST);
        Self {
            calls: Arc::new(Semaphore::new(parts.limits.calls.min(Semaphore::MAX_PERMITS))),
            callers: Arc::default(),
            #[cfg(feature = "http")]
            background: Arc::default(),
            stop: watch::Sender::new(false),
            tasks: Arc::new(Tasks::new(parts.store, &parts.limits)),
            info: parts.info,
            instructions: parts.instructions,
            limits: parts.limits,
            states: Arc::new(parts.states),
            bus: Arc::default(),
            relay: parts.backend.clone().map(Relay::new),
            backend: parts.backend,
            sealer: parts.sealer,
            url_elicitations: parts.url_elicitations,
            style: ResultStyle { server_info },
            cache: parts.cache,
            extensions: parts.extensions,
            methods: parts.methods,
            visibility: parts.visibility,
            http: parts.http,
            declared: parts.declared,
            catalog: RwLock::new(Arc::new(parts.catalog)),
        }
    }

    /// Tells the clients of all processes.
    pub(super) fn publish(&self, event: &Event) {
        self.bus.publish(event);
        if let Some(relay) = &self.relay {
            relay.send(event);
        }
    }

    /// Tells the clients of this process what happens in the others. Needs a runtime.
    pub(super) fn hear_others(&self) {
        if let Some(relay) = &self.relay {
            relay.hear(&self.bus, self.all_lists_changed());
        }
    }

    pub(crate) fn all_lists_changed(&self) -> Vec<Event> {
        let Declared { tools, prompts, resources, .. } = self.declared;
        let lists = [
            (tools, Event::ToolsChanged),
            (prompts, Event::PromptsChanged),
            (resources, Event::ResourcesChanged),
        ];
        lists.into_iter().filter_map(|(declared, event)| declared.then_some(event)).collect()
    }

    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the catalog by a changed copy, if `change` changes it.
    pub(crate) fn change_catalog<E>(
        &self,
        change: impl FnOnce(&mut Catalog) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let mut catalog = self.catalog.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = catalog.next();
        let changed = change(&mut next)?;
        if changed {
            *catalog = Arc::new(next);
        }
        Ok(changed)
    }

    /// Tells every transport to finish what runs and take nothing new.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits until the server is told to stop.
    pub(crate) async fn stopping(&self) {
        // The sender lives in `self`, so that waiting cannot fail.
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }

    /// A place for one more call; `Err` says whether it is the caller who has too many.
    pub(crate) fn admit(&self, principal: Option<&Principal>) -> Result<Admitted, CallerFull> {
        let caller = match principal {
            Some(principal) => Some(
                self.callers
                    .enter(principal, self.limits.calls_per_caller)
                    .ok_or(CallerFull(true))?,
            ),
            None => None,
        };
        let permit = Arc::clone(&self.calls).try_acquire_owned().map_err(|_| CallerFull(false))?;
        Ok(Admitted { _permit: permit, _caller: caller })
    }
}

/// A call's place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    _permit: OwnedSemaphorePermit,
    _caller: Option<CallerPermit>,
}

/// There is no place: for the caller, or for anyone.
#[derive(Debug)]
pub(crate) struct CallerFull(pub(crate) bool);
