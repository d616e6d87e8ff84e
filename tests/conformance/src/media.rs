//! The smallest picture and sound that are valid.

pub(crate) const PICTURE: &[u8] = include_bytes!("../assets/pixel.png");
pub(crate) const PICTURE_TYPE: &str = "image/png";
pub(crate) const SOUND: &[u8] = include_bytes!("../assets/silence.wav");
pub(crate) const SOUND_TYPE: &str = "audio/wav";
