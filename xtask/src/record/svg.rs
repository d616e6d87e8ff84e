//! Frames as a picture that moves.

use std::{fmt::Write as _, time::Duration};

use super::terminal::Frame;

const FONT_SIZE: f64 = 14.0;
const CHARACTER: f64 = 8.4;
const LINE: f64 = 19.0;
const MARGIN: f64 = 16.0;

/// How long the last frame stays.
const REST: Duration = Duration::from_secs(4);

/// Each frame is there for its time, and the last one where nothing moves.
pub fn picture(title: &str, columns: u16, frames: &[Frame]) -> String {
    let rows = frames.iter().map(|frame| frame.screen.lines().count()).max().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a screen is small")]
    let height = rows as f64 * LINE + 2.0 * MARGIN;
    let width = f64::from(columns) * CHARACTER + 2.0 * MARGIN;
    let last = frames.last().map(|frame| frame.screen.as_str()).unwrap_or_default();
    let total = frames.last().map(|frame| frame.at).unwrap_or_default() + REST;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n\
         <title>{}</title>\n\
         <desc>{}</desc>\n\
         <style>text {{ font: {FONT_SIZE}px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, \
         monospace; fill: #e6edf3; white-space: pre }}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>",
        escaped(title),
        escaped(last)
    );
    for (index, frame) in frames.iter().enumerate() {
        let until = frames.get(index + 1).map(|next| next.at);
        let shown = if until.is_none() { "visible" } else { "hidden" };
        let _ = writeln!(out, "<g visibility=\"{shown}\">");
        if frames.len() > 1 {
            out += &animation(frame.at, until, total);
        }
        for (row, line) in frame.screen.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            #[expect(clippy::cast_precision_loss, reason = "a screen is small")]
            let y = MARGIN + LINE * (row as f64 + 0.75);
            #[expect(clippy::cast_precision_loss, reason = "a screen is small")]
            let length = line.chars().count() as f64 * CHARACTER;
            let _ = writeln!(
                out,
                "<text x=\"{MARGIN}\" y=\"{y}\" textLength=\"{length:.1}\">{}</text>",
                escaped(line)
            );
        }
        out += "</g>\n";
    }
    out + "</svg>\n"
}

/// Shows a frame from one time to another, again and again.
fn animation(from: Duration, until: Option<Duration>, total: Duration) -> String {
    let part = |time: Duration| time.as_secs_f64() / total.as_secs_f64();
    let mut steps = vec![(0.0, "hidden")];
    steps.push((part(from), "visible"));
    steps.extend(until.map(|until| (part(until), "hidden")));
    if from.is_zero() {
        steps.remove(0);
    }
    let values: Vec<&str> = steps.iter().map(|(_, value)| *value).collect();
    let times: Vec<String> = steps.iter().map(|(time, _)| format!("{time:.4}")).collect();
    format!(
        "<animate attributeName=\"visibility\" calcMode=\"discrete\" values=\"{}\" \
         keyTimes=\"{}\" dur=\"{:.1}s\" repeatCount=\"indefinite\"/>\n",
        values.join(";"),
        times.join(";"),
        total.as_secs_f64()
    )
}

/// What is on the screen at the end, as it is written in the picture.
pub fn last_screen(picture: &str) -> Option<String> {
    let (_, rest) = picture.split_once("<desc>")?;
    let (screen, _) = rest.split_once("</desc>")?;
    Some(screen.to_owned())
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
