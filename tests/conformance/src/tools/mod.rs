//! The tools that the suite calls, each in the file of what it shows.

mod arguments;
mod capabilities;
mod changes;
mod content;
mod notifications;
mod structured;

use mcp_runtime::{Tool, prelude::*};

use crate::decorated;

/// All tools. The suite calls the first of the list without arguments.
pub(crate) fn all() -> Vec<Tool> {
    tools![
        content::test_simple_text,
        content::test_image_content,
        content::test_audio_content,
        content::test_embedded_resource,
        content::test_multiple_content_types,
        content::test_error_handling,
        notifications::test_tool_with_logging,
        notifications::test_tool_with_progress,
        notifications::test_logging_tool,
        notifications::test_reconnection,
        capabilities::test_missing_capability,
        capabilities::test_streaming_elicitation,
        changes::test_trigger_tool_change,
        changes::test_trigger_prompt_change,
        arguments::json_schema_2020_12_tool,
        arguments::test_x_mcp_header,
        structured::structured_object,
        structured::structured_list,
        decorated::decorated_tool,
    ]
}
