//! The store of many processes, on a real server.

mod server;

use mcp_runtime::tasks::contract;

use self::server::RedisServer;

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_promises_of_a_store() {
    let server = RedisServer::start().await;
    contract::run(async || {
        server.run::<()>("FLUSHALL").await;
        server.store()
    })
    .await;
    server.check_keys().await;
}
