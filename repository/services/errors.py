"""What can go wrong with the services of a home, in words with the remedy."""

from standards.errors import KhoError


class NoPostgres(KhoError):
    """No PostgreSQL that can serve this home is installed."""

    code = "no-postgresql"
    vi = (
        "Máy này chưa có PostgreSQL bản {version}. Cài gói postgresql-15 (apt-get install postgresql-15),"
        " hoặc đặt KHO_DATABASE_URL trỏ tới một máy chủ có sẵn."
    )
    en = (
        "PostgreSQL {version} is not installed here. Install the package postgresql-15"
        " (apt-get install postgresql-15), or point KHO_DATABASE_URL to a server."
    )


class NoJava(KhoError):
    """No Java runtime is installed."""

    code = "no-java"
    vi = "Máy này chưa có Java 17 trở lên. Cài gói openjdk-17-jre-headless, hoặc đặt KHO_SOLR_URL."
    en = "Java 17 or newer is not installed here. Install openjdk-17-jre-headless, or set KHO_SOLR_URL."


class NoSolr(KhoError):
    """Solr's jars are not there."""

    code = "no-solr"
    vi = "Chưa có các tệp của Solr trong {path}. Chạy «make setup», hoặc đặt KHO_SOLR_URL."
    en = "Solr's files are not in {path}. Run `make setup`, or set KHO_SOLR_URL."


class NoServiceAccount(KhoError):
    """Kho runs as root and finds no unprivileged account for its services."""

    code = "no-service-account"
    vi = "Kho đang chạy bằng root nhưng máy không có tài khoản postgres hay nobody để chạy dịch vụ. Hãy tạo một trong hai."
    en = "Kho runs as root and finds neither the account postgres nor nobody to run services as. Create one of them."


class ServiceDidNotStart(KhoError):
    """A service ended, or gave no answer in time, while it was started."""

    code = "service-did-not-start"
    vi = "Không khởi động được {service}: {reason}. Nhật ký: {log}. Dòng cuối: {last_line}"
    en = "{service} could not be started: {reason}. Its log: {log}. Last line: {last_line}"


class ServiceDidNotStop(KhoError):
    """A service is still there after SIGKILL."""

    code = "service-did-not-stop"
    vi = "Không dừng được {service} (tiến trình {pids}). Hãy kiểm tra các tiến trình này trên máy."
    en = "{service} could not be stopped (processes {pids}). Look at these processes on the machine."


class DatabaseUnreachable(KhoError):
    """The outside database does not answer."""

    code = "database-unreachable"
    vi = "Không kết nối được cơ sở dữ liệu {where}: {reason}. Kiểm tra KHO_DATABASE_URL và máy chủ."
    en = "The database {where} cannot be reached: {reason}. Check KHO_DATABASE_URL and the server."


class SolrUnreachable(KhoError):
    """Solr does not answer, or refuses."""

    code = "solr-unreachable"
    vi = "Solr tại {where} không trả lời hoặc từ chối: {reason}. Kiểm tra KHO_SOLR_URL và máy chủ."
    en = "Solr at {where} does not answer or refuses: {reason}. Check KHO_SOLR_URL and the server."
