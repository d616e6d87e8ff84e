//! What the client does, step by step.

use std::{collections::HashSet, time::Duration};

use rmcp::{
    model::{
        CallToolRequest, CallToolRequestParams, CallToolResult, ClientRequest, ErrorCode,
        GetPromptRequestParams, JsonObject, ReadResourceRequestParams, ResourceContents,
        ServerNotification, SubscribeRequestParams, SubscriptionFilter,
    },
    service::{PeerRequestOptions, ServiceError, Subscription},
};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::UnboundedReceiver,
    time::{sleep, timeout},
};

use crate::{Client, Era, Heard, Result};

pub async fn exercise(client: Client, era: Era, mut heard: UnboundedReceiver<Heard>) -> Result {
    negotiated_revision(&client, era)?;
    tools_are_listed(&client).await?;
    let note = a_note_is_added_and_found(&client).await?;
    mistakes_are_told(&client).await?;
    resources_are_listed_and_read(&client, &note).await?;
    the_prompt_holds_the_note(&client, &note).await?;
    an_import_tells_its_progress(&client, &mut heard).await?;
    a_cancelled_import_stops(&client, &mut heard).await?;
    changes_are_told(&client, era, &mut heard).await?;
    client.cancel().await?;
    println!("all steps passed");
    Ok(())
}

fn negotiated_revision(client: &Client, era: Era) -> Result {
    let server = client.peer_info().ok_or("the server says nothing of itself")?;
    println!("{server:?}");
    assert_eq!(server.protocol_version, era.revision());
    Ok(())
}

async fn tools_are_listed(client: &Client) -> Result {
    let tools = client.list_all_tools().await?;
    for name in ["add_note", "search_notes", "delete_note", "import_notes"] {
        assert!(tools.iter().any(|tool| tool.name == name), "{name} is missing");
    }
    assert!(tools.iter().any(|tool| tool.output_schema.is_some()));
    Ok(())
}

async fn a_note_is_added_and_found(client: &Client) -> Result<Value> {
    let note = json!({ "title": "rmcp", "body": "Milk and ünïcödé ✓.", "tags": ["shopping"] });
    let added = call(client, "add_note", note).await?;
    let note = added.structured_content.clone().ok_or("no structured content")?;
    assert_eq!(note["title"], "rmcp");
    assert_eq!(serde_json::from_str::<Value>(text(&added))?, note);
    let found = call(client, "search_notes", json!({ "query": "ünïcödé" })).await?;
    let found = serde_json::from_str::<Value>(text(&found))?;
    assert!(found.as_array().is_some_and(|notes| notes.contains(&note)), "{found}");
    Ok(note)
}

async fn mistakes_are_told(client: &Client) -> Result {
    let wrong = call(client, "add_note", json!({ "title": 5 })).await?;
    assert_eq!(wrong.is_error, Some(true));
    assert!(text(&wrong).contains("body"), "{wrong:?}");
    let unknown = call(client, "no_such_tool", json!({})).await;
    assert_eq!(code(unknown)?, ErrorCode::INVALID_PARAMS);
    Ok(())
}

async fn resources_are_listed_and_read(client: &Client, note: &Value) -> Result {
    let notes = vec![json!({ "title": "rmcp page", "body": "" }); 60];
    call(client, "import_notes", json!({ "notes": notes })).await?;
    let first = client.list_resources(None).await?;
    assert!(first.next_cursor.is_some(), "everything came on one page");
    let listed = client.list_all_resources().await?;
    let uris: HashSet<_> = listed.iter().map(|resource| resource.uri.as_str()).collect();
    assert_eq!(uris.len(), listed.len(), "a resource came twice");
    let uri = format!("notes://{}", note["id"]);
    assert!(uris.contains("notes://all") && uris.contains(uri.as_str()));
    let templates = client.list_all_resource_templates().await?;
    assert!(templates.iter().any(|template| template.uri_template == "notes://{id}"));

    let read = client.read_resource(ReadResourceRequestParams::new(uri)).await?;
    let [ResourceContents::TextResourceContents { text, .. }] = &read.contents[..] else {
        return Err(format!("not one text: {read:?}").into());
    };
    assert!(text.contains("ünïcödé"));
    let missing = client.read_resource(ReadResourceRequestParams::new("notes://987654321")).await;
    let expected = [ErrorCode::INVALID_PARAMS, ErrorCode::RESOURCE_NOT_FOUND];
    assert!(expected.contains(&code(missing)?));
    Ok(())
}

async fn the_prompt_holds_the_note(client: &Client, note: &Value) -> Result {
    let arguments = object(json!({ "id": note["id"].to_string() }));
    let params = GetPromptRequestParams::new("summarize").with_arguments(arguments);
    let prompt = client.get_prompt(params).await?;
    assert!(serde_json::to_string(&prompt.messages)?.contains("ünïcödé"));
    let styles = client.complete_prompt_simple("summarize", "style", "").await?;
    assert!(!styles.is_empty());
    Ok(())
}

async fn an_import_tells_its_progress(
    client: &Client,
    heard: &mut UnboundedReceiver<Heard>,
) -> Result {
    while heard.try_recv().is_ok() {}
    let notes = vec![json!({ "title": "rmcp progress", "body": "" }); 5];
    let arguments = json!({ "notes": notes, "delay_ms": 20 });
    call(client, "import_notes", arguments).await?;
    let mut last = 0.0;
    while let Ok(heard) = heard.try_recv() {
        if let Heard::Progress(progress) = heard {
            assert!(progress > last, "progress does not grow");
            last = progress;
        }
    }
    assert!(last >= 3.0, "progress ends at {last} of 5");
    Ok(())
}

async fn a_cancelled_import_stops(client: &Client, heard: &mut UnboundedReceiver<Heard>) -> Result {
    let notes = vec![json!({ "title": "rmcp cancel", "body": "" }); 50];
    let arguments = object(json!({ "notes": notes, "delay_ms": 50 }));
    let params = CallToolRequestParams::new("import_notes").with_arguments(arguments);
    let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
    let running =
        client.send_cancellable_request(request, PeerRequestOptions::no_options()).await?;
    next(heard, |heard| matches!(heard, Heard::Progress(_))).await?;
    running.cancel(Some("no longer wanted".into())).await?;
    sleep(Duration::from_millis(200)).await;
    let stored = count(client, "rmcp cancel").await?;
    assert!(stored < 25, "{stored} of 50 notes are stored");
    sleep(Duration::from_millis(300)).await;
    assert_eq!(count(client, "rmcp cancel").await?, stored, "the tool still runs");
    Ok(())
}

async fn changes_are_told(
    client: &Client,
    era: Era,
    heard: &mut UnboundedReceiver<Heard>,
) -> Result {
    let all = "notes://all";
    let note = json!({ "title": "rmcp watched", "body": "" });
    match era {
        Era::Legacy => {
            #[expect(deprecated, reason = "it is the way of the older revisions")]
            client.subscribe(SubscribeRequestParams::new(all)).await?;
            while heard.try_recv().is_ok() {}
            call(client, "add_note", note).await?;
            next(heard, |heard| *heard == Heard::Updated(all.into())).await?;
            next(heard, |heard| *heard == Heard::ListChanged).await?;
        }
        Era::Modern => {
            let filter = SubscriptionFilter::builder()
                .resources_list_changed()
                .resource_subscriptions([all])
                .build();
            let mut subscription = client.listen(filter.clone()).await?;
            assert_eq!(*subscription.acknowledged(), filter);
            call(client, "add_note", note).await?;
            next_in(&mut subscription, |it| match it {
                ServerNotification::ResourceUpdatedNotification(it) => it.params.uri == all,
                _ => false,
            })
            .await?;
            next_in(&mut subscription, |it| {
                matches!(it, ServerNotification::ResourceListChangedNotification(_))
            })
            .await?;
            subscription.cancel().await?;
        }
    }
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(5);

async fn next(heard: &mut UnboundedReceiver<Heard>, wanted: impl Fn(&Heard) -> bool) -> Result {
    timeout(PATIENCE, async {
        while !wanted(&heard.recv().await.ok_or("the connection ended")?) {}
        Ok(())
    })
    .await?
}

async fn next_in(
    subscription: &mut Subscription,
    wanted: impl Fn(&ServerNotification) -> bool,
) -> Result {
    timeout(PATIENCE, async {
        while !wanted(&subscription.next().await?.ok_or("the subscription ended")?) {}
        Ok(())
    })
    .await?
}

async fn call(
    client: &Client,
    tool: &'static str,
    arguments: Value,
) -> Result<CallToolResult, ServiceError> {
    client.call_tool(CallToolRequestParams::new(tool).with_arguments(object(arguments))).await
}

async fn count(client: &Client, title: &str) -> Result<usize> {
    let found = call(client, "search_notes", json!({ "query": title, "limit": 100 })).await?;
    Ok(serde_json::from_str::<Vec<Value>>(text(&found))?.len())
}

fn object(value: Value) -> JsonObject {
    value.as_object().cloned().unwrap_or_default()
}

/// The one text of a result.
fn text(result: &CallToolResult) -> &str {
    match &result.content[..] {
        [content] => content.as_text().map_or("", |text| text.text.as_str()),
        _ => "",
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, ServiceError>) -> Result<ErrorCode> {
    match outcome {
        Err(ServiceError::McpError(error)) => Ok(error.code),
        other => Err(format!("no protocol error: {other:?}").into()),
    }
}
