//! `qnTkn` and `qnUrl`: leave to upload a file, and the address of one.

use bytes::Bytes;
use hongyan::proto::{
    GetQNdownloadUrlInput, GetQNdownloadUrlOutput, GetQNupTokenInput, GetQNupTokenOutput,
};
use hongyan::time::UnixMillis;
use prost::Message;

use super::MALFORMED;
use crate::core::ask::Ask;
use crate::core::clock::Now;
use crate::core::upload::{self, FileKind};
use crate::files::{FileId, UPLOAD_PATH, download_path};
use crate::gateway::connection::{Asked, Connection, Question};

/// The topic that asks for leave to upload.
pub(super) const UPLOAD_TOKEN: &str = "qnTkn";
/// The topic that asks for a file's address.
pub(super) const FILE_URL: &str = "qnUrl";

const UNKNOWN_KIND: u16 = upload::UNKNOWN_KIND.number() as u16;

impl Connection {
    pub(super) fn upload_token(&mut self, now: Now, question: Question, body: &Bytes) {
        match GetQNupTokenInput::decode(body.clone()).map(|asked| asked.r#type) {
            Ok(number) => match FileKind::from_number(number) {
                Some(kind) => self.ask(Ask::UploadToken(kind), Asked::UploadToken(question)),
                None => self.answer(now, question, UNKNOWN_KIND, Bytes::new()),
            },
            Err(_) => self.answer(now, question, MALFORMED, Bytes::new()),
        }
    }

    /// Sessions with the extensions learn where to upload, too.
    pub(in crate::gateway) fn upload_token_body(
        &self,
        deadline: UnixMillis,
        token: String,
    ) -> Bytes {
        let here = format!("{}{UPLOAD_PATH}", self.client.origin);
        let answer = GetQNupTokenOutput {
            deadline: deadline.get(),
            token,
            hy_upload: self.client.extended.then_some(here),
            ..GetQNupTokenOutput::default()
        };
        answer.encode_to_vec().into()
    }

    /// The address is made of the key alone: who has the key may read the file.
    pub(super) fn file_url(&mut self, now: Now, question: Question, body: &Bytes) {
        let Ok(asked) = GetQNdownloadUrlInput::decode(body.clone()) else {
            return self.answer(now, question, MALFORMED, Bytes::new());
        };
        if FileKind::from_number(asked.r#type).is_none() {
            return self.answer(now, question, UNKNOWN_KIND, Bytes::new());
        }
        let Some(id) = FileId::parse(&asked.key) else {
            return self.answer(now, question, MALFORMED, Bytes::new());
        };
        let path = download_path(&id, asked.file_name.as_deref().unwrap_or_default());
        let answer =
            GetQNdownloadUrlOutput { download_url: format!("{}{path}", self.client.origin) };
        self.answer(now, question, 0, answer.encode_to_vec().into());
    }
}
