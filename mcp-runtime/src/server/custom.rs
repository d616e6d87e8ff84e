use std::{fmt, future::Future, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    context::Context,
    primitives::{BoxFuture, Error, Result},
    protocol::RpcError,
};

type Handler = dyn Fn(Context, String) -> BoxFuture<'static, Result<Box<RawValue>>> + Send + Sync;

/// A method that the protocol does not know and the author adds.
#[derive(Clone)]
pub(crate) struct CustomMethod(Arc<Handler>);

impl CustomMethod {
    pub(crate) fn new<P, R, F, Fut>(handler: F) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        R: Serialize,
        F: Fn(P, Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self(Arc::new(move |ctx, params| {
            let handler = Arc::clone(&handler);
            Box::pin(async move {
                let params = serde_json::from_str(&params).map_err(|error| {
                    RpcError::invalid_params(format!("invalid params: {error}"))
                })?;
                let result = handler(params, ctx).await?;
                let json = serde_json::value::to_raw_value(&result).map_err(Error::internal)?;
                if !json.get().starts_with('{') {
                    return Err(Error::internal("the result of a method is a JSON object"));
                }
                Ok(json)
            })
        }))
    }

    pub(crate) fn call(
        &self,
        ctx: Context,
        params: String,
    ) -> BoxFuture<'static, Result<Box<RawValue>>> {
        (self.0)(ctx, params)
    }
}

impl fmt::Debug for CustomMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomMethod")
    }
}
