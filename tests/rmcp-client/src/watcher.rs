use rmcp::{
    ClientHandler, RoleClient,
    model::{
        ClientConfig, ProgressNotificationParam, ProtocolVersion, ResourceUpdatedNotificationParam,
    },
    service::NotificationContext,
};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// A notification that came outside a subscription.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Progress(f64),
    Updated(String),
    ListChanged,
}

/// Passes on what the server says without being asked.
pub struct Watcher(UnboundedSender<Heard>);

impl Watcher {
    pub fn new() -> (Self, UnboundedReceiver<Heard>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// What is heard after the end of the scenario is of no interest.
    fn pass_on(&self, heard: Heard) {
        let _ = self.0.send(heard);
    }
}

impl ClientHandler for Watcher {
    fn get_info(&self) -> ClientConfig {
        ClientConfig::default().with_protocol_version(ProtocolVersion::V_2025_11_25)
    }

    async fn on_progress(
        &self,
        params: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.pass_on(Heard::Progress(params.progress));
    }

    async fn on_resource_updated(
        &self,
        params: ResourceUpdatedNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.pass_on(Heard::Updated(params.uri));
    }

    async fn on_resource_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.pass_on(Heard::ListChanged);
    }
}
