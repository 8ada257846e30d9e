#include "module/collect/collect_kind.h"
#include "core/setting.h"
#include "module/collect/collect_tls.h"
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#define RSYSLOG_OUT                                                                                                    \
  "action(type=\"omfwd\" target=\"{address}\" port=\"{tcp}\" protocol=\"tcp\" tcp_framing=\"octet-counted\"\n"           \
  "       template=\"RSYSLOG_SyslogProtocol23Format\" action.resumeRetryCount=\"-1\"\n"                                 \
  "       queue.type=\"LinkedList\" queue.size=\"100000\" queue.filename=\"ungcuu\" queue.saveOnShutdown=\"on\")\n"
#define RSYSLOG_THEN "Chạy: sudo systemctl restart rsyslog"

static const CollectKind KINDS[] = {
    {"windows", "syslog", "auto", "windows", NULL, 60, "C:\\Program Files\\nxlog\\conf\\nxlog.conf",
     "<Extension json>\n    Module  xm_json\n</Extension>\n<Extension syslog>\n    Module  xm_syslog\n</Extension>\n"
     "<Input windows>\n    Module  im_msvistalog\n</Input>\n"
     "<Output ungcuu>\n    Module  om_tcp\n    Host    {address}\n    Port    {tcp}\n    Exec    $Message = to_json(); to_syslog_ietf();\n"
     "</Output>\n<Route ungcuu>\n    Path    windows => ungcuu\n</Route>\n",
     "Khởi động lại dịch vụ nxlog."},
    {"winlogbeat", "file", "json", "windows", NULL, 60, "winlogbeat.yml",
     "winlogbeat.event_logs:\n  - name: Security\n  - name: System\n  - name: Application\n  - name: Microsoft-Windows-Sysmon/Operational\n"
     "  - name: Microsoft-Windows-PowerShell/Operational\noutput.file:\n  path: \"\\\\\\\\{address}\\\\nhatky\"\n  filename: winlogbeat\n"
     "  rotate_every_kb: 102400\n",
     "Thư mục chia sẻ nhatky trên máy này là nơi chứa các tệp ghi ở ô Tệp; khởi động lại dịch vụ winlogbeat."},
    {"rsyslog", "syslog", "auto", "linux", NULL, 60, "/etc/rsyslog.d/90-ungcuu.conf", "*.* " RSYSLOG_OUT, RSYSLOG_THEN},
    {"samba", "syslog", "syslog", "linux", "samba", 0, "/etc/samba/smb.conf và /etc/rsyslog.d/90-ungcuu.conf",
     "# smb.conf, mục [global]\n    logging = syslog@2\n    log level = 1 auth_audit:3\n    vfs objects = full_audit\n"
     "    full_audit:prefix = %u|%I|%m|%S\n    full_audit:success = mkdirat renameat unlinkat\n    full_audit:failure = connect\n"
     "    full_audit:facility = local5\n    full_audit:priority = notice\n\n# 90-ungcuu.conf\nlocal5.*;daemon.* " RSYSLOG_OUT,
     "Chạy: sudo systemctl restart smbd rsyslog"},
    {"mikrotik", "syslog", "syslog", "mikrotik", NULL, 0, "Terminal của RouterOS",
     "/system logging action add name=ungcuu target=remote remote={address} remote-port={udp} bsd-syslog=yes syslog-facility=local0\n"
     "/system logging add topics=critical action=ungcuu\n/system logging add topics=error action=ungcuu\n"
     "/system logging add topics=warning action=ungcuu\n/system logging add topics=info action=ungcuu\n"
     "/system logging add topics=firewall action=ungcuu\n",
     "Bật ghi cho luật tường lửa cần theo dõi: log=yes."},
    {"draytek", "syslog", "syslog", "draytek", NULL, 0, "System Maintenance > SysLog / Mail Alert Setup",
     "SysLog Access Setup: Enable\nSyslog Server IP: {address}\nDestination Port: {udp}\nEnable syslog message: Firewall Log, User Access Log, WAN Log, Router/DSL Information\n",
     "Bấm OK."},
    {"router", "syslog", "syslog", NULL, "firewall", 0, "Mục Syslog, Remote log hoặc Log server của thiết bị",
     "Server: {address}\nPort: {udp}\nProtocol: UDP\nLevel: Informational\n", NULL},
    {"camera", "syslog", "syslog", NULL, "camera", 0, "Mục System > Log hoặc Network > Syslog của đầu ghi",
     "Server: {address}\nPort: {udp}\nProtocol: UDP\n", NULL},
    {"nginx", "syslog", "auto", NULL, "webserver", 60, "/etc/nginx/nginx.conf, mục http",
     "access_log syslog:server={address}:{udp},facility=local7,tag=nginx,severity=info combined;\n"
     "error_log syslog:server={address}:{udp},facility=local7,tag=nginx warn;\n",
     "Chạy: sudo nginx -t && sudo systemctl reload nginx"},
    {"apache", "syslog", "auto", "apache", "webserver", 60, "/etc/apache2/conf-available/ungcuu.conf",
     "CustomLog \"|/usr/bin/logger -n {address} -P {tcp} -T -t apache -p local6.info\" combined\n"
     "ErrorLog \"|/usr/bin/logger -n {address} -P {tcp} -T -t apache -p local6.err\"\n",
     "Chạy: sudo a2enconf ungcuu && sudo systemctl reload apache2"},
    {"ups", "syslog", "syslog", "linux", "nut", 0, "/etc/nut/upsmon.conf và /etc/rsyslog.d/90-ungcuu.conf",
     "# upsmon.conf\nNOTIFYFLAG ONBATT SYSLOG+WALL\nNOTIFYFLAG ONLINE SYSLOG+WALL\nNOTIFYFLAG LOWBATT SYSLOG+WALL\n"
     "NOTIFYFLAG REPLBATT SYSLOG+WALL\nNOTIFYFLAG COMMBAD SYSLOG+WALL\n\n# 90-ungcuu.conf\ndaemon.* " RSYSLOG_OUT,
     "Chạy: sudo systemctl restart nut-monitor rsyslog"},
    {"syslog-tls", "syslog", "auto", NULL, NULL, 60, "/etc/rsyslog.d/90-ungcuu.conf",
     "global(DefaultNetstreamDriver=\"gtls\" DefaultNetstreamDriverCAFile=\"/etc/ssl/certs/ungcuu.pem\")\n"
     "*.* action(type=\"omfwd\" target=\"{address}\" port=\"{tls}\" protocol=\"tcp\" tcp_framing=\"octet-counted\"\n"
     "       StreamDriver=\"gtls\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/fingerprint\"\n"
     "       StreamDriverPermittedPeers=\"SHA256:{fingerprint}\" template=\"RSYSLOG_SyslogProtocol23Format\"\n"
     "       action.resumeRetryCount=\"-1\" queue.type=\"LinkedList\" queue.size=\"100000\")\n",
     "Cài rsyslog-gnutls; đối chiếu dấu vân tay chứng thư số với trang này trước khi dùng."},
    {"file", "file", "auto", NULL, NULL, 0, "Máy đang chạy chương trình này",
     "{path}\n", "Tài khoản chạy chương trình phải đọc được tệp; xoay vòng bằng đổi tên hay cắt ngắn đều theo được."},
    {"api", "api", "auto", NULL, NULL, 0, "Máy gửi nhật ký",
     "curl --fail -H \"Authorization: Bearer $KHOA\" -H \"Content-Type: application/x-ndjson\" \\\n"
     "     --data-binary @nhat-ky.json \"{url}/api/log?source={source}\"\n",
     "Tạo khóa ở Cài đặt > Khóa API với quyền log.write. Chỉ khi trả về 200 thì bản ghi đã nằm trên đĩa; lỗi khác thì gửi lại."},
};

const Choice COLLECT_WAYS[] = {{"syslog", "Thiết bị gửi tới (syslog)"}, {"file", "Đọc tệp trên máy này"}, {"api", "Gửi qua API"}, {NULL, NULL}};
const Choice COLLECT_FORMATS[] = {{"auto", "Tự nhận dạng"}, {"json", "JSON"}, {"syslog", "Syslog"}, {"cef", "CEF"},
                                  {"access", "Nhật ký truy cập web"}, {"auditd", "auditd"}, {"text", "Văn bản"}, {NULL, NULL}};

const Choice COLLECT_KINDS[] = {
    {"windows", "Windows (NXLog)"}, {"winlogbeat", "Windows (Winlogbeat)"}, {"rsyslog", "Máy chủ Linux (rsyslog)"},
    {"samba", "Máy chủ tệp (Samba)"}, {"mikrotik", "Bộ định tuyến MikroTik"}, {"draytek", "Bộ định tuyến DrayTek"},
    {"router", "Bộ định tuyến, tường lửa khác"}, {"camera", "Đầu ghi, camera"}, {"nginx", "Cổng TTĐT (nginx)"},
    {"apache", "Cổng TTĐT (Apache)"}, {"ups", "Bộ lưu điện (NUT)"}, {"syslog-tls", "Syslog qua TLS"}, {"file", "Tệp trên máy này"},
    {"api", "Chương trình khác (API)"}, {NULL, NULL}};

const CollectKind *collect_kind(const char *id) {
  for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
    if (g_strcmp0(KINDS[i].id, id) == 0)
      return &KINDS[i];
  return NULL;
}

LogFormat collect_format(const char *id) {
  static const LogFormat FORMATS[] = {FORMAT_AUTO, FORMAT_JSON, FORMAT_SYSLOG, FORMAT_CEF, FORMAT_ACCESS, FORMAT_AUDITD, FORMAT_TEXT};
  for (gsize i = 0; COLLECT_FORMATS[i].value; i++)
    if (g_strcmp0(COLLECT_FORMATS[i].value, id) == 0)
      return FORMATS[i];
  return FORMAT_AUTO;
}

const char *collect_kind_label(const char *id) {
  for (const Choice *choice = COLLECT_KINDS; choice->value; choice++)
    if (g_strcmp0(choice->value, id) == 0)
      return choice->label;
  return id;
}

/* --- the lines --- */

/* Of the first interface that leads out of this machine. */
static const char *outer_address(Arena *arena) {
  struct ifaddrs *list = NULL;
  const char *found = NULL;
  char text[INET_ADDRSTRLEN];
  if (getifaddrs(&list) != 0)
    return NULL;
  for (const struct ifaddrs *one = list; one && !found; one = one->ifa_next) {
    if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET || (one->ifa_flags & IFF_LOOPBACK) || !(one->ifa_flags & IFF_UP))
      continue;
    inet_ntop(AF_INET, &((const struct sockaddr_in *)(gconstpointer)one->ifa_addr)->sin_addr, text, sizeof text);
    found = arena_text(arena, text, -1);
  }
  freeifaddrs(list);
  return found;
}

const char *collect_own_address(const App *app, Arena *arena) {
  const char *told = setting_text(app, arena, "collect.own_address"), *listens = setting_text(app, arena, "collect.address");
  gboolean any = strcmp(listens, "0.0.0.0") == 0 || strcmp(listens, "::") == 0;
  const char *outer = *told || !any ? NULL : outer_address(arena);
  return *told ? told : outer ? outer : listens;
}

static const char *site_url(const App *app, Arena *arena) {
  const char *address = setting_text(app, arena, "server.address");
  gboolean any = strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
  return arena_printf(arena, "%s://%s:%" G_GINT64_FORMAT, setting_bool(app, "server.https") ? "https" : "http",
                      any ? collect_own_address(app, arena) : address, setting_int(app, "server.port"));
}

const char *collect_kind_lines(Request *request, const CollectKind *kind, const char *source_code, const char *path) {
  const App *app = request->app;
  Arena *arena = request->arena;
  g_autofree char *fingerprint = collect_tls_fingerprint(app);
  const struct {
    const char *mark, *text;
  } marks[] = {
      {"{address}", collect_own_address(app, arena)},
      {"{udp}", arena_printf(arena, "%" G_GINT64_FORMAT, setting_int(app, "collect.udp_port"))},
      {"{tcp}", arena_printf(arena, "%" G_GINT64_FORMAT, setting_int(app, "collect.tcp_port"))},
      {"{tls}", arena_printf(arena, "%" G_GINT64_FORMAT, setting_int(app, "collect.tls_port"))},
      {"{source}", source_code},
      {"{path}", path ? path : ""},
      {"{url}", site_url(app, arena)},
      {"{fingerprint}", fingerprint},
  };
  g_autoptr(GString) lines = g_string_new(kind->lines);
  for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
    g_string_replace(lines, marks[i].mark, marks[i].text, 0);
  return arena_text(arena, lines->str, (gssize)lines->len);
}
