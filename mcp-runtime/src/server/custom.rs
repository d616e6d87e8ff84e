use std::{fmt, future::Future, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    context::RequestContext,
    primitives::{BoxFuture, Error, Result},
    protocol::{RpcError, keys, reason},
};

type Handler =
    dyn Fn(RequestContext, String) -> BoxFuture<'static, Result<CustomResult>> + Send + Sync;

/// What such a method gives: a result without the members that the runtime sets.
pub(crate) struct CustomResult {
    pub(crate) members: Map<String, Value>,
    pub(crate) meta: Map<String, Value>,
}

impl CustomResult {
    fn new(result: impl Serialize) -> Result<Self> {
        let Value::Object(mut members) = serde_json::to_value(result).map_err(Error::internal)?
        else {
            return Err(Error::internal("the result of a method is a JSON object"));
        };
        members.remove("resultType");
        let mut meta = match members.remove("_meta") {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        meta.retain(|key, _| !keys::is_reserved(key));
        Ok(Self { members, meta })
    }
}

/// A method that the protocol does not know and the author adds.
#[derive(Clone)]
pub(crate) struct CustomMethod(Arc<Handler>);

impl CustomMethod {
    pub(crate) fn new<P, R, F, Fut>(handler: F) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        R: Serialize,
        F: Fn(P, RequestContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self(Arc::new(move |ctx, params| {
            let handler = Arc::clone(&handler);
            Box::pin(async move {
                let params = serde_json::from_str(&params).map_err(|error| {
                    RpcError::invalid_params(format!("invalid params: {}", reason(&error)))
                })?;
                CustomResult::new(handler(params, ctx).await?)
            })
        }))
    }

    pub(crate) fn call(
        &self,
        ctx: RequestContext,
        params: String,
    ) -> BoxFuture<'static, Result<CustomResult>> {
        (self.0)(ctx, params)
    }
}

impl fmt::Debug for CustomMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomMethod")
    }
}
