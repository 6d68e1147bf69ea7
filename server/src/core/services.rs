//! Public services: finding and following them, what users say to them, what they say to users.

use futures_util::future::try_join_all;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use serde::Deserialize;
use serde_json::Value;

use super::announce::{Announcement, volatile};
use super::ask::{ServiceMatch, ServicesAsk, Told};
use super::clock::Now;
use super::outside::Published;
use super::robot::{MENU, Robot};
use super::send::{Sent, new_message};
use super::serve::{Core, refusal};
use crate::store::{Audience, Following, NewMessage, PublicService, Store, StoreError, Stored};

/// `SUBSCRIBE_ERROR`: there is no such public service.
const FOLLOWING_REFUSED: ErrorCode = ErrorCode::from_number(39001);
/// The most services in one answer.
const MAX_FOUND: usize = 100;
/// So many messages to followers are stored at a time.
const AT_ONCE: usize = 200;

/// A public service as a user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    /// What it is.
    pub service: PublicService,
    /// Whether the user follows it.
    pub follows: bool,
    /// When the user said so, or it was changed, whichever came later.
    pub time: UnixMillis,
}

/// Whether conversations of this kind are with public services.
pub const fn is_public_service(kind: ConversationKind) -> bool {
    matches!(kind, ConversationKind::AppPublicService | ConversationKind::PublicService)
}

/// Whether conversations of this kind are with something that answers, not with people alone.
pub const fn is_service(kind: ConversationKind) -> bool {
    is_public_service(kind) || matches!(kind, ConversationKind::CustomerService)
}

impl<S: Store> Core<S> {
    /// A message to a public service or a customer service, or of an agent to a customer.
    pub(super) async fn to_service(&self, sent: Sent, now: Now) -> Result<Told, ErrorCode> {
        let Sent { mut message, only_to, recall } = sent;
        if message.flags.stored() && !recall {
            self.may_speak(&message.sender, &message.conversation, now)?;
            let topic = message.original.topic.clone();
            self.replace_words(&mut message, &only_to)?;
            // It tells agents from customers.
            message.original.topic = topic;
        }
        let at_desk = message.conversation.kind == ConversationKind::CustomerService;
        let sent = Sent { message, only_to, recall };
        if at_desk {
            self.at_desk(sent, now).await
        } else {
            self.to_public_service(sent, now).await
        }
    }

    pub(super) async fn serve_services(
        &self,
        user: &UserId,
        ask: ServicesAsk,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        match ask {
            ServicesAsk::Followed { after, after_id } => {
                let mut views = self.views(user).await?;
                views.retain(|view| {
                    let place = (view.time, view.service.id.target.as_str());
                    view.follows && place > (after, after_id.as_str())
                });
                views.sort_by(|one, other| place_of(one).cmp(&place_of(other)));
                views.truncate(MAX_FOUND);
                Ok(Told::Services(views))
            }
            ServicesAsk::Search { app, public, keyword } => {
                let mut views = self.views(user).await?;
                views.retain(|ServiceView { service, .. }| {
                    let of_app = service.id.kind == ConversationKind::AppPublicService;
                    let how = if of_app { app } else { public };
                    how.is_some_and(|how| matches(how, service, &keyword))
                });
                views.truncate(MAX_FOUND);
                Ok(Told::Services(views))
            }
            ServicesAsk::Follow(id, follows) => self.follow(user, id, follows, now).await,
        }
    }

    async fn follow(
        &self,
        user: &UserId,
        id: ConversationId,
        follows: bool,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let service = self.store().service(&id).await.map_err(refusal)?;
        let service = service.ok_or(FOLLOWING_REFUSED)?;
        let following = Following { service: id, follows, time: now.wall };
        if !self.store().follow(user, following).await.map_err(refusal)? {
            return Err(FOLLOWING_REFUSED);
        }
        Ok(Told::Services(vec![ServiceView { service, follows, time: now.wall }]))
    }

    /// All services as the user sees them.
    async fn views(&self, user: &UserId) -> Result<Vec<ServiceView>, ErrorCode> {
        let services = self.store().services().await.map_err(refusal)?;
        let said = self.store().followings(user).await.map_err(refusal)?;
        let view = |service: PublicService| {
            let following = said.iter().find(|following| following.service == service.id);
            let follows = following.map_or(service.everybody, |following| following.follows);
            let time = following.map_or(service.changed, |said| said.time.max(service.changed));
            ServiceView { service, follows, time }
        };
        Ok(services.into_iter().map(view).collect())
    }

    /// A message of a user to a public service. Nobody has an inbox for it: the robot answers.
    async fn to_public_service(&self, sent: Sent, now: Now) -> Result<Told, ErrorCode> {
        let Sent { message, recall, .. } = sent;
        let service = self.store().service(&message.conversation).await.map_err(refusal)?;
        let service = service.ok_or(ErrorCode::Unauthorized)?;
        if recall {
            return self.recall(message, Audience::Users(Vec::new()), now).await;
        }
        // Even what is not kept may bring an answer that is.
        self.take_stored(&message.sender, now)?;
        let (sender, class) = (message.sender.clone(), message.object_name.clone());
        let content = message.content.clone();
        let stored = if message.flags.stored() {
            let new = new_message(&message, self.believed(now)?);
            let nobody = Audience::Users(Vec::new());
            self.append(message, NewMessage { audience: nobody, ..new }).await?
        } else {
            self.note_choice(message, now).await?;
            volatile(now.wall)
        };
        if !stored.repeated
            && let Some(robot) = Robot::read(&service.robot)
            && let Some(answer) = robot.answer(&class, &content)
        {
            let said = (answer.message(&robot), service.id.kind);
            self.say(service.id.target.as_str(), &sender, said, now).await?;
        }
        Ok(Told::Sent(stored))
    }

    /// Keeps what was chosen in a menu, in the log alone: the application's server hears of it as of
    /// any message.
    async fn note_choice(&self, message: Announcement, now: Now) -> Result<(), ErrorCode> {
        if &*message.object_name != MENU {
            return Ok(());
        }
        let new = new_message(&message, self.believed(now)?);
        let audience = Audience::Users(Vec::new());
        let new = NewMessage { audience, own_row: false, history: false, ..new };
        self.append(message, new).await.map(drop)
    }

    /// Sends a message in the name of a service to a user.
    pub(super) async fn say(
        &self,
        service: &str,
        to: &UserId,
        ((class, content, flags), kind): ((String, bytes::Bytes, MessageFlags), ConversationKind),
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        let published = Published {
            sender: UserId::from(service),
            conversation: ConversationId::new(kind, to.as_str()),
            only_to: Vec::new(),
            object_name: class.into(),
            content,
            flags,
            include_sender: false,
        };
        self.publish(published, now).await
    }

    /// Sends a message of a public service to these users, or to all who follow it; to how many.
    ///
    /// # Errors
    /// There is no such public service, or the message is none.
    pub async fn publish_to_followers(
        &self,
        id: &ConversationId,
        to: Vec<UserId>,
        message: &(String, bytes::Bytes, MessageFlags),
        now: Now,
    ) -> Result<usize, ErrorCode> {
        let service = self.store().service(id).await.map_err(refusal)?;
        let service = service.ok_or(FOLLOWING_REFUSED)?.id.target;
        let followers = self.store().followers(id).await.map_err(refusal)?;
        let to = if to.is_empty() { followers } else { to };
        for some in to.chunks(AT_ONCE) {
            let sends = some
                .iter()
                .map(|user| self.say(service.as_str(), user, (message.clone(), id.kind), now));
            try_join_all(sends).await?;
        }
        Ok(to.len())
    }
}

/// What a server for trying out has.
const DEMO: &str = include_str!("services/demo.json");

#[derive(Deserialize)]
struct Seed {
    r#type: i32,
    id: String,
    name: String,
    introduction: String,
    menu: Value,
    robot: Value,
}

impl<S: Store> Core<S> {
    /// Makes the public services for trying out, where there is none of their ids.
    ///
    /// # Errors
    /// The store failed.
    pub async fn seed_services(&self, now: Now) -> Result<(), StoreError> {
        let seeds: Vec<Seed> = serde_json::from_str(DEMO).unwrap_or_default();
        for seed in seeds {
            let kind = ConversationKind::from_number(seed.r#type);
            let id = ConversationId::new(kind, seed.id);
            if self.store().service(&id).await?.is_some() {
                continue;
            }
            let service = PublicService {
                id,
                name: seed.name,
                portrait: String::new(),
                introduction: seed.introduction,
                menu: seed.menu.to_string(),
                robot: seed.robot.to_string(),
                everybody: kind == ConversationKind::AppPublicService,
                changed: now.wall,
            };
            self.store().put_service(service).await?;
        }
        Ok(())
    }
}

fn place_of(view: &ServiceView) -> (UnixMillis, &str) {
    (view.time, view.service.id.target.as_str())
}

fn matches(how: ServiceMatch, service: &PublicService, keyword: &str) -> bool {
    let (id, name) = (service.id.target.as_str(), service.name.as_str());
    match how {
        ServiceMatch::Exact => id == keyword || name == keyword,
        ServiceMatch::Fuzzy => {
            let keyword = keyword.to_lowercase();
            [id, name].iter().any(|text| text.to_lowercase().contains(&keyword))
        }
    }
}
