//! Inputs and arguments: REG-11.

use serde_json::{Value, json};

use super::{breaks, breaks_schema, npm, passes, with_package};

fn argument(argument: Value) -> Value {
    with_package(npm(json!({ "packageArguments": [argument] })))
}

fn variable(variable: Value) -> Value {
    with_package(npm(json!({ "environmentVariables": [variable] })))
}

const AT: &str = "packages[0].packageArguments[0]";

#[test]
fn an_argument_is_positional_or_named() {
    breaks_schema(&argument(json!({ "value": "x" })), &[&format!("{AT}.type argument-type")]);
    breaks(
        &argument(json!({ "type": "flag", "value": "x" })),
        &[&format!("{AT}.type argument-type")],
    );
}

#[test]
fn a_positional_argument_has_a_value_or_a_hint() {
    passes(&argument(json!({ "type": "positional", "value": "start" })));
    passes(&argument(json!({ "type": "positional", "value": "--port 8080" })));
    passes(&argument(json!({
        "type": "positional",
        "valueHint": "target_dir",
        "description": "Path to access",
        "default": "/home/user",
        "isRequired": true,
        "isRepeated": true,
    })));
    // A name is no flag here, so that it may have any character.
    let named = json!({ "type": "positional", "name": "a <name> of two", "valueHint": "name" });
    passes(&argument(named));
    breaks_schema(
        &argument(json!({ "type": "positional", "isRepeated": false })),
        &[&format!("{AT} argument-positional-value")],
    );
}

#[test]
fn a_named_argument_has_the_name_of_a_flag() {
    for name in ["--directory", "-v", "config", "output-format"] {
        passes(&argument(json!({ "type": "named", "name": name })));
    }
    for name in ["--directory <path>", "--port 8080", "--config $FILE", "name with spaces"] {
        breaks(
            &argument(json!({ "type": "named", "name": name })),
            &[&format!("{AT}.name argument-name")],
        );
    }
    breaks(
        &argument(json!({ "type": "named", "name": "" })),
        &[&format!("{AT}.name argument-name-missing")],
    );
    breaks_schema(
        &argument(json!({ "type": "named", "value": "x" })),
        &[&format!("{AT}.name argument-name-missing")],
    );
}

#[test]
fn a_value_does_not_repeat_the_name() {
    for value in ["8080", "$DIRECTORY", "/absolute/path", "use --port for it"] {
        passes(&argument(json!({ "type": "named", "name": "--port", "value": value })));
        passes(&argument(json!({ "type": "named", "name": "--port", "default": value })));
    }
    for member in ["value", "default"] {
        breaks(
            &argument(json!({ "type": "named", "name": "--port", member: "--port 8080" })),
            &[&format!("{AT}.{member} argument-value-repeats-name")],
        );
    }
}

#[test]
fn arguments_of_the_runtime_go_with_its_name() {
    let mount = json!({
        "type": "named",
        "name": "--mount",
        "value": "type=bind,src={source_path}",
        "isRepeated": true,
        "variables": { "source_path": { "format": "filepath", "isRequired": true } },
    });
    let run = |more: Value| {
        let mut package = npm(json!({ "runtimeArguments": [mount] }));
        super::merge(&mut package, more);
        with_package(package)
    };
    passes(&run(json!({ "runtimeHint": "docker" })));
    breaks(&run(json!({})), &["packages[0].runtimeHint package-runtime-hint"]);
}

#[test]
fn an_input_has_its_members_in_their_types() {
    const AT: &str = "packages[0].environmentVariables[0]";
    passes(&variable(json!({
        "name": "SSL_MODE",
        "description": "How.",
        "isRequired": false,
        "isSecret": false,
        "format": "string",
        "default": "prefer",
        "placeholder": "prefer",
        "choices": ["disable", "prefer"],
    })));
    breaks_schema(&variable(json!({ "description": "x" })), &[&format!("{AT}.name input-name")]);
    breaks_schema(
        &variable(json!({ "name": "X", "format": "path" })),
        &[&format!("{AT}.format input-format")],
    );
    for (member, value) in [
        ("description", json!(1)),
        ("isRequired", json!("true")),
        ("isSecret", json!(1)),
        ("default", json!(8080)),
        ("value", json!(false)),
        ("choices", json!("a,b")),
        ("variables", json!([])),
    ] {
        breaks_schema(
            &variable(json!({ "name": "X", member: value })),
            &[&format!("{AT}.{member} wrong-type")],
        );
    }
    breaks_schema(
        &variable(json!({ "name": "X", "choices": ["a", 1] })),
        &[&format!("{AT}.choices[1] wrong-type")],
    );
    breaks(
        &variable(json!({ "name": "X", "is_required": true })),
        &[&format!("{AT}.is_required unknown-member")],
    );
    breaks_schema(
        &variable(json!({ "name": "X", "value": "{y}", "variables": { "y": { "format": "z" } } })),
        &[&format!("{AT}.variables.y.format input-format")],
    );
}
