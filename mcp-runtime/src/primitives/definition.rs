use std::borrow::Cow;

use serde_json::{Map, Value};

use super::Param;
use crate::{
    context::Requirements,
    protocol::{ClientCapability, Icon, JsonWriter, Revision},
};

/// What tools, resources and prompts have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Definition {
    pub(super) title: Option<Cow<'static, str>>,
    pub(crate) description: Option<Cow<'static, str>>,
    pub(super) icons: Vec<Icon>,
    pub(super) meta: Map<String, Value>,
    pub(super) params: Vec<Param>,
    pub(crate) scopes: Vec<Cow<'static, str>>,
    pub(crate) requirements: Requirements,
    pub(crate) requires: Vec<ClientCapability<'static>>,
}

impl Definition {
    pub(crate) fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Writes what says what it is.
    pub(crate) fn write_description(&self, object: &mut JsonWriter<'_>, revision: Revision) {
        if revision >= Revision::V2025_06_18 {
            object.optional("title", self.title.as_ref());
        }
        object.optional("description", self.description.as_ref());
    }

    /// Writes what a client's program may want besides.
    pub(crate) fn write_decoration(&self, object: &mut JsonWriter<'_>, revision: Revision) {
        if revision >= Revision::V2025_11_25 && !self.icons.is_empty() {
            object.member("icons", &self.icons);
        }
        if revision >= Revision::V2025_06_18 && !self.meta.is_empty() {
            object.member("_meta", &self.meta);
        }
    }
}

/// The methods that set a `definition`.
macro_rules! impl_definition {
    ($type:ty) => {
        impl $type {
            /// The name for people (sent from 2025-06-18).
            pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
                self.definition.title = Some(title.into());
                self
            }

            /// What it is for. The client's model reads it.
            pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
                self.definition.description = Some(description.into());
                self
            }

            /// Adds a parameter. The handler finds arguments in the order of the parameters; those
            /// of a resource are the variables of its URI template, and those of a prompt come as
            /// strings and are read as their type.
            pub fn param(mut self, param: Param) -> Self {
                self.definition.params.push(param);
                self
            }

            /// Adds an icon (sent from 2025-11-25).
            pub fn icon(mut self, icon: Icon) -> Self {
                self.definition.icons.push(icon);
                self
            }

            /// The scopes that a caller needs for it, all of them. One without is answered 403
            /// over HTTP, with a challenge that names them, and does not find it in lists. Over
            /// stdio, and wherever else the caller is who started the server, nobody is asked.
            pub fn scopes<S: Into<Cow<'static, str>>>(
                mut self,
                scopes: impl IntoIterator<Item = S>,
            ) -> Self {
                self.definition.scopes.extend(scopes.into_iter().map(Into::into));
                self
            }

            /// Adds metadata for the client's program (sent from 2025-06-18).
            pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
                self.definition.meta.insert(key.into(), value.into());
                self
            }

            /// Refuses clients that have not declared this, before the function runs: -32021 in
            /// 2026-07-28, a failed call before.
            pub fn requires(mut self, capability: ClientCapability<'static>) -> Self {
                self.definition.requires.push(capability);
                self
            }

            /// The handler makes a `T` for each call; what that needs is checked when the server is
            /// built.
            pub fn injects<T: FromContext>(mut self) -> Self {
                T::requirements(&mut self.definition.requirements);
                self
            }
        }
    };
}

pub(super) use impl_definition;
