use std::error::Error as StdError;

/// Seals what a store keeps outside of this process: arguments, callers, results, questions, answers,
/// messages and journals.
///
/// Implementations authenticate what they seal, so that nobody changes it unseen.
pub trait Cipher: Send + Sync + 'static {
    /// Seals bytes so that they can be opened only for the same `context`, which says where they
    /// are kept.
    ///
    /// # Errors
    ///
    /// When there is no key to seal with.
    fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, CipherError>;

    /// Opens what was sealed for the same `context`.
    ///
    /// # Errors
    ///
    /// When it was not: the key is gone, or the bytes were changed, moved or never sealed.
    fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, CipherError>;
}

/// Why a [`Cipher`] does not seal or open. It goes to the log: it must not quote what is secret.
pub type CipherError = Box<dyn StdError + Send + Sync>;
