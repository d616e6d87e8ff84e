//! `subscriptions/listen` of 2026-07-28.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    core::Core,
    dispatch::{Refusal, Request},
    handle::Item,
};
use crate::{
    context::notification,
    events::Filter,
    protocol::{Object, RequestId, RpcError, keys, member},
    tasks::TaskId,
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wanted {
    tools_list_changed: bool,
    prompts_list_changed: bool,
    resources_list_changed: bool,
    resource_subscriptions: Vec<String>,
    task_ids: Vec<String>,
}

impl Core {
    /// Runs until the client hangs up, reads too slowly, or the server stops.
    pub(super) async fn listen(
        self: &Arc<Self>,
        request: &mut Request<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let Object(wanted): Object<Wanted> = member(
            request.params.notifications,
            "notifications",
            "an object that says which notifications are wanted",
        )?;
        if wanted.resource_subscriptions.len() > self.limits.watched_uris {
            return Err(RpcError::invalid_params(format!(
                "a subscription can watch {} resources",
                self.limits.watched_uris
            ))
            .into());
        }
        if wanted.task_ids.len() > self.limits.watched_uris {
            let max = self.limits.watched_uris;
            let message = format!("a subscription can watch {max} tasks");
            return Err(RpcError::invalid_params(message).into());
        }
        if self.bus.listeners() >= self.limits.subscriptions {
            return Err(Refusal::Overload { of_caller: false });
        }
        let tasks = self.watched_tasks(request, &wanted.task_ids).await?;
        let filter = self.honoured(request, wanted);
        let acknowledged = acknowledgement(&request.id, &filter, &tasks);
        // The acknowledgement is the first message: nothing is on the bus for this subscriber yet.
        let outbox = request.call_outbox();
        if outbox.try_push(acknowledged.into()).is_err() {
            return Err(Refusal::Cancelled);
        }
        let telling = self.tell_of_tasks(request, tasks);
        self.hear_others();
        let subscription = self.bus.subscribe(filter, Arc::new(outbox), Some(request.id.clone()));
        tokio::select! {
            () = subscription.overflowed() => {}
            () = telling => {}
            () = self.stopping() => {}
            () = request.cancellation.cancelled() => return Err(Refusal::Cancelled),
        }
        drop(subscription);
        let id = &request.id;
        Ok(self.result_with_meta(request, Some(&tag(id)), |_| {}))
    }

    /// What of the wish the server can fulfil for this caller.
    fn honoured(&self, request: &Request<'_>, wanted: Wanted) -> Filter {
        let catalog = self.catalog();
        let readable = |uri: &String| {
            catalog.resource(uri).is_some_and(|(it, _)| {
                self.lists(request, Item::Resource(it.resource.uri()), &it.resource.definition)
            })
        };
        Filter {
            tools: wanted.tools_list_changed && self.declared.tools,
            prompts: wanted.prompts_list_changed && self.declared.prompts,
            resources: wanted.resources_list_changed && self.declared.resources,
            uris: wanted.resource_subscriptions.into_iter().filter(readable).collect(),
        }
    }
}

fn acknowledgement(id: &RequestId, filter: &Filter, tasks: &[TaskId]) -> Vec<u8> {
    notification("notifications/subscriptions/acknowledged", |params| {
        params.member("_meta", &tag(id));
        let mut notifications = params.object_at("notifications");
        for (key, wanted) in [
            ("toolsListChanged", filter.tools),
            ("promptsListChanged", filter.prompts),
            ("resourcesListChanged", filter.resources),
        ] {
            if wanted {
                notifications.member(key, &true);
            }
        }
        if !filter.uris.is_empty() {
            notifications.member("resourceSubscriptions", &filter.uris);
        }
        if !tasks.is_empty() {
            notifications.member("taskIds", tasks);
        }
        notifications.end();
    })
}

pub(super) fn tag(id: &RequestId) -> serde_json::Map<String, serde_json::Value> {
    let id = serde_json::to_value(id).unwrap_or_default();
    [(keys::SUBSCRIPTION_ID.to_owned(), id)].into_iter().collect()
}
