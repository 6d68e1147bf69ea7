//! What every back end promises: one suite, run on each of them.
//!
//! A case gets a fresh store of epoch `life` and states one promise of the [`Store`] trait.
//!
//! [`Store`]: super::Store

mod accounts;
mod blacklist;
mod chatrooms;
mod conversation_list;
mod desk;
mod history;
mod inbox;
mod log;
mod members;
mod order;
mod platform;
mod profiles;
mod recalls;
mod receipts;
mod repeats;
mod retention;
mod services;
mod settings;
mod support;

/// Makes a test of each case for each back end.
macro_rules! conformance {
    ($($group:ident { $($case:ident,)* })*) => {
        mod memory {
            $(mod $group {
                $(#[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    let store = crate::store::memory::MemoryStore::new(1, "life");
                    crate::store::conformance::$group::$case(std::sync::Arc::new(store)).await;
                })*
            })*
        }

        mod sqlite {
            $(mod $group {
                $(#[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    let folder = tempfile::tempdir().unwrap();
                    let path = folder.path().join("store.db");
                    let store =
                        crate::store::sqlite::SqliteStore::open(&path, "life", 1).await.unwrap();
                    let store = std::sync::Arc::new(store);
                    crate::store::conformance::$group::$case(store.clone()).await;
                    store.close().await;
                })*
            })*
        }
    };
}

conformance! {
    inbox {
        an_empty_inbox_ends_at_0_and_begins_at_1,
        the_epoch_is_the_one_given,
        a_message_enters_both_inboxes,
        a_pull_by_number_goes_on_after_it,
        pages_follow_each_other_until_finished,
        a_page_of_0_rows_tells_the_head,
        a_number_beyond_the_head_gives_nothing,
        a_pull_by_times_is_strict,
        own_rows_come_by_times_only_if_asked_for,
        neither_cursor_hides_rows_of_the_other_direction,
        pages_by_times_follow_each_other,
        rows_of_the_extensions_come_by_number_alone,
        a_message_to_oneself_is_one_received_row,
        a_room_message_enters_each_members_inbox_once,
        other_users_see_nothing,
        contents_up_to_128_kib_come_back,
        any_text_names_a_user_and_any_bytes_are_content,
        every_flag_comes_back,
        every_kind_comes_back,
    }
    order {
        times_rise_within_one_millisecond,
        times_rise_when_the_clock_goes_back,
        a_time_is_later_than_every_inbox_it_enters,
        a_time_is_later_than_its_conversation,
        no_two_messages_share_a_uid,
        who_is_told_is_told_in_the_order_of_the_numbers,
        a_hundred_senders_leave_no_gap,
        a_reader_never_steps_over_a_hole,
        a_dropped_send_is_stored_and_told_or_neither,
    }
    repeats {
        a_repeat_gets_the_first_result,
        the_first_result_is_found_by_sender_conversation_and_id,
        a_repeat_is_told_to_nobody,
        a_message_with_replaced_words_is_known_by_what_was_sent,
        words_that_are_replaced_since_make_no_other_message,
        a_repeat_of_what_was_taken_back_gets_the_first_result,
        an_id_with_another_target_is_refused,
        an_id_with_another_class_is_refused,
        an_id_with_another_content_is_refused,
        a_refused_message_leaves_nothing_behind,
        two_senders_may_use_the_same_id,
        without_an_id_nothing_is_a_repeat,
        only_the_sender_sees_the_id,
        repeats_at_the_same_time_are_stored_once,
    }
    history {
        the_newest_rows_come_first_and_pages_follow_each_other,
        newer_rows_come_oldest_first,
        both_sides_read_the_same_and_nobody_else,
        a_page_border_may_stand_anywhere_within_one_millisecond,
        who_pages_by_times_gets_whole_milliseconds,
        a_row_that_is_gone_still_marks_a_place,
        what_is_not_persisted_or_not_meant_for_it_is_in_no_history,
        a_row_tells_who_wrote_it,
        an_import_enters_no_inbox_and_no_list,
        an_import_may_be_repeated,
        deleted_messages_are_gone_for_one_user_alone,
        deleted_messages_count_no_more,
        the_list_shows_the_newest_that_is_left,
        a_conversation_without_anything_left_is_not_listed,
        deleted_rows_keep_their_numbers_and_nothing_else,
        deleting_does_not_reach_into_other_conversations,
        clearing_goes_up_to_and_with_a_time,
        clearing_does_not_touch_what_is_yet_to_come,
        a_clear_never_goes_back,
        what_cannot_be_told_is_not_deleted,
    }
    settings {
        what_was_set_comes_back_in_order_of_versions,
        a_setting_made_twice_comes_once,
        versions_rise_whatever_the_clock_does,
        nobody_has_more_settings_than_allowed,
        one_setting_may_be_asked_for,
        settings_are_the_users_own,
        offline_days_are_set_by_who_knows_the_version,
        quiet_hours_and_the_status_are_kept,
    }
    retention {
        old_rows_leave_and_the_first_number_rises,
        a_sweep_goes_on_where_the_last_one_ended,
        many_users_are_swept_in_several_calls,
        an_emptied_inbox_goes_on_with_the_next_number,
        lists_counts_and_history_stay,
        unread_counts_of_old_rows_end_when_they_are_read,
        a_user_may_keep_less_but_not_more,
        old_messages_leave_the_log,
        repeats_are_known_as_long_as_the_message_is_kept,
    }
    conversation_list {
        the_newest_conversation_comes_first,
        pages_go_on_before_a_time,
        the_oldest_may_come_first,
        pinned_conversations_stand_on_the_first_page_alone,
        some_kinds_may_be_asked_for,
        no_more_than_asked_for,
        unread_counts_what_others_sent_after_the_read_time,
        a_message_to_oneself_is_read,
        a_read_time_never_goes_back,
        nobody_has_read_what_is_yet_to_come,
        a_read_time_is_the_readers_own,
        a_removed_conversation_comes_back_with_the_next_message,
        what_does_not_count_moves_nothing,
        unknown_conversations_are_left_alone,
        each_side_sees_the_other,
        a_room_is_listed_by_its_own_name,
        the_other_side_says_up_to_when_it_has_read,
    }
    members {
        the_first_member_owns_the_room,
        an_id_is_made_for_who_has_none,
        a_room_made_again_takes_the_name_and_the_members,
        members_come_and_go,
        the_longest_standing_member_follows_the_owner,
        a_room_can_be_changed,
        members_have_roles,
        a_dismissed_room_is_none,
        what_is_no_room_is_refused,
        kinds_keep_apart,
        a_user_finds_its_rooms,
        a_message_reaches_those_who_are_members_then,
        who_is_no_member_cannot_send,
        from_outside_a_row_of_ones_own_is_a_choice,
        a_directed_message_reaches_the_named_members_alone,
        a_mention_is_on_the_rows_of_those_it_means,
        a_room_holds_3000_and_no_more,
    }
    chatrooms {
        a_chatroom_is_made_once,
        chatrooms_come_by_id_page_by_page,
        a_chatroom_can_be_changed,
        a_destroyed_chatroom_leaves_nothing_behind,
        rules_are_set_and_lifted,
        an_entry_belongs_to_who_set_it,
        who_was_away_learns_what_changed_since,
        a_room_holds_100_entries,
        entries_that_are_to_go_with_their_setter_go,
        many_removals_make_a_full_update_of_who_was_long_away,
        messages_are_kept_up_to_a_number,
    }
    recalls {
        a_recalled_message_keeps_its_place,
        a_recalled_message_counts_no_more,
        only_the_sender_takes_a_message_back,
        only_from_its_own_conversation,
        a_message_is_taken_back_once,
        the_window_closes,
    }
    receipts {
        readers_come_in_the_order_of_reading,
        only_others_messages_of_the_room_are_read,
    }
    blacklist {
        who_is_blocked_stays_so_until_unblocked,
        a_blacklist_is_the_users_own,
        nobody_blocks_more_than_allowed,
    }
    profiles {
        profiles_are_kept_and_replaced,
    }
    services {
        a_service_is_kept_changed_and_removed,
        services_come_by_kind_and_id,
        who_follows_is_known_from_both_sides,
        everybody_follows_who_did_not_say_otherwise,
        nobody_follows_what_is_not_there,
        there_are_not_too_many_services,
    }
    desk {
        a_customer_has_one_talk_at_a_time,
        a_talk_that_nobody_moved_is_over,
        a_talk_moves_only_from_where_it_is,
        those_who_want_a_human_are_listed,
        silent_talks_end_and_are_told_as_they_were,
        ratings_are_kept_in_full,
    }
    platform {
        rules_come_back_in_order_with_their_times,
        a_rule_made_again_has_the_new_time,
        what_was_revoked_stays_so,
        an_ended_rule_is_gone_and_no_other,
        words_are_kept_and_replaced,
        tags_are_those_last_given,
        every_known_user_is_found_once_in_order,
    }
    log {
        the_log_is_read_message_by_message,
        a_part_of_the_log_is_read_by_time,
        an_hour_of_the_log_can_be_hidden,
        a_reader_goes_on_where_it_stopped,
        presence_waits_until_it_was_told,
    }
    accounts {
        an_account_is_found_by_name_and_by_user,
        a_name_and_a_user_have_one_account,
        a_change_leaves_the_rest,
        another_password_ends_the_other_sessions,
        a_deleted_account_leaves_no_session_and_no_profile,
        a_session_is_good_until_it_expires,
        the_newest_sessions_stay,
        only_a_users_own_sessions_are_closed,
        groups_of_accounts_are_told_from_others,
    }
}
