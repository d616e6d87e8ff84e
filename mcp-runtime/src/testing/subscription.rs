use std::{future::IntoFuture as _, sync::Arc};

use serde_json::{Value, json};

use super::{ClientError, Reply, Request, Running, inner::Inner};

/// Which changes a client wants to hear of.
///
/// Revisions with sessions know of no wish for lists: a client hears of all of them.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Changes {
    tools: bool,
    prompts: bool,
    resources: bool,
    uris: Vec<String>,
}

impl Changes {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Changes of all lists.
    pub fn of_lists() -> Self {
        Self { tools: true, prompts: true, resources: true, uris: Vec::new() }
    }

    /// Changes of the list of tools, too.
    pub fn tools(mut self) -> Self {
        self.tools = true;
        self
    }

    /// Changes of the list of prompts, too.
    pub fn prompts(mut self) -> Self {
        self.prompts = true;
        self
    }

    /// Changes of the list of resources, too.
    pub fn resources(mut self) -> Self {
        self.resources = true;
        self
    }

    /// Changes of a resource, too.
    pub fn resource(mut self, uri: impl Into<String>) -> Self {
        self.uris.push(uri.into());
        self
    }

    fn to_json(&self) -> Value {
        let mut wanted = json!({});
        for (key, is_wanted) in [
            ("toolsListChanged", self.tools),
            ("promptsListChanged", self.prompts),
            ("resourcesListChanged", self.resources),
        ] {
            if is_wanted {
                wanted[key] = true.into();
            }
        }
        if !self.uris.is_empty() {
            wanted["resourceSubscriptions"] = self.uris.clone().into();
        }
        wanted
    }
}

/// What a client listens for. Dropped, it ends in 2026-07-28; a session goes on to listen.
#[derive(Debug)]
pub struct Subscription {
    client: Arc<Inner>,
    uris: Vec<String>,
    /// Of 2026-07-28, and what the server has granted.
    listening: Option<(Running<Reply>, Value)>,
}

impl Subscription {
    pub(super) async fn open(client: &Arc<Inner>, changes: Changes) -> Result<Self, ClientError> {
        let mut subscription =
            Self { client: Arc::clone(client), uris: Vec::new(), listening: None };
        if !client.revision.is_stateless() {
            subscription.uris = changes.uris;
            subscription.for_each_uri("resources/subscribe").await?;
            return Ok(subscription);
        }
        let params = json!({ "notifications": changes.to_json() });
        let request = Request::<Reply>::new(client, "subscriptions/listen", params);
        let mut running = request.start().await?;
        let granted = match running.next_notification().await {
            Ok(acknowledged) => acknowledged.params["notifications"].clone(),
            // Refused: the answer says why.
            Err(_) => return running.finish().await.map(|_| subscription),
        };
        subscription.listening = Some((running, granted));
        Ok(subscription)
    }

    /// What the server has granted, in 2026-07-28.
    #[must_use]
    pub fn granted(&self) -> Option<&Value> {
        self.listening.as_ref().map(|(_, granted)| granted)
    }

    /// Waits until the server ends the subscription. A session has none that could end.
    ///
    /// # Errors
    ///
    /// When it does not end in time, or is no subscription of 2026-07-28.
    pub async fn ended(mut self) -> Result<Reply, ClientError> {
        match self.listening.take() {
            Some((running, _)) => running.finish().await,
            None => Err(ClientError::closed("the end of a subscription", "a session has none")),
        }
    }

    /// Listens no more.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn cancel(mut self) -> Result<(), ClientError> {
        match self.listening.take() {
            Some((running, _)) => running.cancel().await,
            None => self.for_each_uri("resources/unsubscribe").await,
        }
    }

    async fn for_each_uri(&self, method: &str) -> Result<(), ClientError> {
        for uri in &self.uris {
            let request = Request::<Value>::new(&self.client, method, json!({ "uri": uri }));
            request.into_future().await?;
        }
        Ok(())
    }
}
