// The 2.x samples, word for word but for the app key, the token and the navigator.
/* global appkey, token, navi */
var RongIMLib = require('../../static/js/RongIMLib-2.5.6.js')  // RongIMLib 相对路径
var Protobuf = require('../../static/js/protobuf-2.3.7.min.js')  // protobuf 相对路径 [外部库，用于处理 Message]
var RongIMClient = RongIMLib.RongIMClient

RongIMClient.init(appkey, null, {
  navi: navi,
  protobuf: Protobuf
})

RongIMClient.setConnectionStatusListener({
  onChanged: function (status) {
    // status 标识当前连接状态
    switch (status) {
      case RongIMLib.ConnectionStatus.CONNECTED:
        console.log('链接成功');
        break;
      case RongIMLib.ConnectionStatus.CONNECTING:
        console.log('正在链接');
        break;
      case RongIMLib.ConnectionStatus.DISCONNECTED:
        console.log('断开连接');
        break;
      case RongIMLib.ConnectionStatus.KICKED_OFFLINE_BY_OTHER_CLIENT:
        console.log('其他设备登录, 本端被踢');
        break;
      case RongIMLib.ConnectionStatus.DOMAIN_INCORRECT:
        console.log('域名不正确, 请至开发者后台查看安全域名配置');
        break;
      case RongIMLib.ConnectionStatus.NETWORK_UNAVAILABLE:
        console.log('网络不可用, 此时可调用 reconnect 进行重连');
        break;
      default:
        console.log('链接状态为', status);
        break;
    }
  }
});

RongIMClient.setOnReceiveMessageListener({
    // 接收到的消息
  onReceived: function (message) {
    var messageContent = message.content;
    // 判断消息类型
    switch(message.messageType) {
      case RongIMClient.MessageType.TextMessage: // 文字消息
        console.log('文字内容', messageContent.content);
        break;
      case RongIMClient.MessageType.ImageMessage: // 图片消息
        console.log('图片缩略图 base64', messageContent.content);
        console.log('原图 url', messageContent.imageUri);
        break;
      case RongIMClient.MessageType.HQVoiceMessage: // 音频消息
        console.log('音频 type', messageContent.type); // 编解码类型，默认为 aac 音频
        console.log('音频 url', messageContent.remoteUrl); // 播放：<audio src={remoteUrl} />
        console.log('音频 时长', messageContent.duration);
        break;
      case RongIMClient.MessageType.RichContentMessage: // 富文本 (图文) 消息
        console.log('文本内容', messageContent.content);
        console.log('图片 base64', messageContent.imageUri);
        console.log('原图 url', messageContent.url);
        break;
      case RongIMClient.MessageType.UnknownMessage: // 未知消息
        console.log('未知消息, 请检查消息自定义格式是否正确', message);
        break;
      default:
        console.log('收到消息', message);
        break;
    }
  }
});

RongIMClient.connect(token, {
  onSuccess: function(userId) {
    console.log('连接成功, 用户 id 为', userId);
    // 连接已成功, 此时可通过 getConversationList 获取会话列表并展示
  },
  onTokenIncorrect: function() {
    console.log('连接失败, 失败原因: token 无效');
  },
  onError: function(errorCode) {
    var info = '';
    switch (errorCode) {
      case RongIMLib.ErrorCode.TIMEOUT:
        info = '链接超时';
        break;
      case RongIMLib.ConnectionState.UNACCEPTABLE_PAROTOCOL_VERSION:
        info = '不可接受的协议版本';
        break;
      case RongIMLib.ConnectionState.IDENTIFIER_REJECTED:
        info = 'appkey 不正确';
        break;
      case RongIMLib.ConnectionState.SERVER_UNAVAILABLE:
        info = '服务器不可用';
        break;
      default:
        info = errorCode;
        break;
    }
    console.log('连接失败, 失败原因:', info);
  }
});

// What follows is each a sample of its own, to be run when its turn comes.
window.samples = {
  sendText: function () {
    var msg = new RongIMLib.TextMessage({content: 'hello RongCloud!', extra: '附加信息'});
    var conversationType = RongIMLib.ConversationType.PRIVATE;
    var targetId = 'user1';  // 目标 Id

    RongIMClient.getInstance().sendMessage(conversationType, targetId, msg, {
      onSuccess: function (message) {
        // message 为发送的消息对象并且包含服务器返回的消息唯一 id 和发送消息时间戳
        console.log('发送文本消息成功', message);
      },
      onError: function (errorCode) {
        console.log('发送文本消息失败', errorCode);
      }
    });
  },

  conversationList: function () {
    var conversationTypes = [RongIMLib.ConversationType.PRIVATE];
    var count = 150;
    RongIMClient.getInstance().getConversationList({
      onSuccess: function(list) {
        console.log('获取会话列表成功', list);
      },
      onError: function(error) {
        console.log('获取会话列表失败', error);
      }
    }, conversationTypes, count);
  },

  conversation: function () {
    var conversationType = RongIMLib.ConversationType.PRIVATE;
    var targetId = 'user1';
    RongIMClient.getInstance().getConversation(conversationType, targetId, {
      onSuccess: function(conversation) {
        if (conversation) {
          console.log('获取指定会话成功', conversation);
        }
      }
    });
  },

  totalUnread: function () {
    RongIMClient.getInstance().getTotalUnreadCount({
      onSuccess: function(count) {
        console.log('获取所有会话未读消息数成功', count);
      },
      onError: function(error) {
        console.log('获取所有会话未读消息数失败', error);
      }
    });
  },

  typedUnread: function () {
    var conversationTypes = [RongIMLib.ConversationType.PRIVATE, RongIMLib.ConversationType.DISCUSSION];
    RongIMClient.getInstance().getConversationUnreadCount(conversationTypes, {
      onSuccess: function(count) {
        console.log('获取指定会话类型总未读消息数成功', count);
      },
      onError: function(error) {
        console.log('获取指定会话类型总未读消息数失败', error);
      }
    });
  },

  unread: function () {
    var conversationType = RongIMLib.ConversationType.PRIVATE;
    var targetId = 'user1';
    RongIMLib.RongIMClient.getInstance().getUnreadCount(conversationType, targetId, {
      onSuccess: function(count) {
        console.log('获取指定会话未读消息数成功', count);
      },
      onError: function(error) {
        console.log('获取指定会话未读消息数失败', error);
      }
    });
  },

  clearUnread: function () {
    var conversationType = RongIMLib.ConversationType.PRIVATE;
    var targetId = 'user1';
    RongIMClient.getInstance().clearUnreadCount(conversationType, targetId, {
      onSuccess: function() {
        console.log('清除指定会话未读消息数成功');
      },
      onError: function(error) {
        console.log('清除指定会话未读消息数失败', error);
      }
    });
  },

  removeConversation: function () {
    var conversationType = RongIMLib.ConversationType.PRIVATE;
    var targetId = 'user1';
    RongIMClient.getInstance().removeConversation(conversationType, targetId, {
      onSuccess: function(bool) {
        console.log('删除指定会话成功');
      },
      onError: function(error) {
        console.log('删除指定会话失败', error);
      }
    });
  },

  clearConversations: function () {
    var conversationTypes = [RongIMLib.ConversationType.PRIVATE, RongIMLib.ConversationType.GROUP];
    RongIMClient.getInstance().clearConversations({
      onSuccess: function() {
        console.log('清除会话成功');
      },
      onError: function(error) {
        console.log('清除会话失败', error);
      }
    }, conversationTypes);
  },

  facts: function () {
    console.log(RongIMClient.getInstance().getCurrentUserId());
    console.log(RongIMClient.getInstance().getCurrentConnectionStatus());
  },

  disconnect: function () {
    RongIMClient.getInstance().disconnect();
  },

  reconnect: function () {
    var callback = {
      onSuccess: function(userId) {
        console.log('reconnect success.' + userId);
      },
      onTokenIncorrect: function() {
        console.log('token 无效');
      },
      onError: function(errorCode) {
        console.log(errorcode);
      }
    };
    var config = {
      auto: true,
      url: 'cdn.ronghub.com/RongIMLib-2.2.6.min.js?d=' + Date.now(),
      rate: [100, 1000, 3000, 6000, 10000]
    };
    RongIMClient.reconnect(callback, config);
  }
};
