// Texts of people, in both languages.
export const peopleEn = {
  online: 'online',
  offline: 'offline',
  block: 'Block',
  unblock: 'Unblock',
  blockedNow: 'You hear nothing more of {name}.',
  unblockedNow: '{name} can write to you again.',
  isBlocked: 'blocked',
  quiet: 'Quiet hours',
  quietHint: 'No unread count in the title then. The same on all your devices.',
  quietFrom: 'From',
  quietTo: 'To',
  quietSet: 'Set',
  quietNever: 'Never quiet',
};

export const peopleZh: Record<keyof typeof peopleEn, string> = {
  online: '在线',
  offline: '离线',
  block: '拉黑',
  unblock: '取消拉黑',
  blockedNow: '不再接收 {name} 的消息。',
  unblockedNow: '{name} 又可以给你发消息了。',
  isBlocked: '已拉黑',
  quiet: '免打扰时段',
  quietHint: '这段时间标题里不显示未读数，在你的所有设备上都一样。',
  quietFrom: '从',
  quietTo: '到',
  quietSet: '设置',
  quietNever: '从不免打扰',
};
