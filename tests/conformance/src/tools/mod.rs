//! The tools that the suite calls, each in the file of what it shows.

mod arguments;
mod asking;
mod capabilities;
mod changes;
mod content;
mod notifications;
mod rounds;
mod structured;
mod tasks;

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
        asking::test_elicitation,
        asking::test_elicitation_sep1034_defaults,
        asking::test_elicitation_sep1330_enums,
        asking::test_sampling,
        rounds::test_input_required_result_elicitation,
        rounds::test_input_required_result_sampling,
        rounds::test_input_required_result_list_roots,
        rounds::test_input_required_result_request_state,
        rounds::test_input_required_result_multiple_inputs,
        rounds::test_input_required_result_multi_round,
        rounds::test_input_required_result_tampered_state,
        rounds::test_input_required_result_capabilities,
        tasks::greet,
        tasks::slow_compute,
        tasks::failing_job,
        tasks::protocol_error_job,
        tasks::confirm_delete,
        tasks::multi_input,
        tasks::test_tool_with_task,
    ]
}
