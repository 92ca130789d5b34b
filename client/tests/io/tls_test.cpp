#include "client/tests/io/loopback.hpp"
#include "client/tests/io/test_certificates.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <openssl/ssl.h>

#include <filesystem>

namespace keyslot::io {
namespace {

TestCertificates const& certificates() {
    static TestCertificates const made;
    return made;
}

/// Answers each connection with a TLS handshake and sends back what it reads.
class TlsServer {
public:
    explicit TlsServer(asio::io_context& context)
        : acceptor_(context, {asio::ip::address_v4::loopback(), 0}),
          tls(asio::ssl::context::tls_server) {
        tls.use_certificate_chain_file(certificates().server_certificate());
        tls.use_private_key_file(certificates().server_key(), asio::ssl::context::pem);
        tls.load_verify_file(certificates().ca());
        accept();
    }

    Endpoint endpoint() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }
    asio::ssl::stream<asio::ip::tcp::socket>& peer() { return *peer_; }

private:
    void accept() {
        acceptor_.async_accept([this](error_code ec, asio::ip::tcp::socket socket) {
            if (ec) {
                return;
            }
            peer_.emplace(std::move(socket), tls);
            peer_->async_handshake(asio::ssl::stream_base::server, [this](error_code failed) {
                handshake = failed;
                if (!failed) {
                    char const* const name =
                        SSL_get_servername(peer_->native_handle(), TLSEXT_NAMETYPE_host_name);
                    server_name = name != nullptr ? name : "";
                    echo();
                }
            });
            accept();
        });
    }

    void echo() {
        peer_->async_read_some(asio::buffer(buffer_), [this](error_code ec, std::size_t size) {
            if (ec) {
                ended = ec;
                return;
            }
            asio::async_write(*peer_, asio::buffer(buffer_, size),
                              [this](error_code failed, std::size_t) {
                                  if (!failed) {
                                      echo();
                                  }
                              });
        });
    }

    asio::ip::tcp::acceptor acceptor_;
    std::optional<asio::ssl::stream<asio::ip::tcp::socket>> peer_;
    char buffer_[65536];

public:
    asio::ssl::context tls;
    std::optional<error_code> handshake;
    std::string server_name;
    std::optional<error_code> ended;
};

class Tls : public Loopback {
protected:
    static ConnectOptions trusting(std::string const& ca = certificates().ca()) {
        ConnectOptions options;
        options.tls.emplace();
        options.tls->ca_file = ca;
        return options;
    }

    TlsServer server{context};
};

TEST_F(Tls, carries_bytes_both_ways_and_more_than_a_record_at_once) {
    auto connected = connect(server.endpoint(), trusting());
    ASSERT_FALSE(connected.ec) << connected.ec.message();
    Talk talk(*connected.stream);
    std::string text;
    for (int i = 0; text.size() < 3'000'000; ++i) {
        text += std::to_string(i);
    }
    std::optional<std::size_t> written;
    connected.stream->write(asio::buffer(text), [&](error_code ec, std::size_t size) {
        EXPECT_FALSE(ec);
        written = size;
    });
    EXPECT_FALSE(written) << "completed inside the initiating call";
    run_until([&] { return talk.received.size() == text.size() && written; });
    EXPECT_EQ(talk.received, text);
    EXPECT_EQ(written, text.size());
}

TEST_F(Tls, small_messages_alternate) {
    auto connected = connect(server.endpoint(), trusting());
    ASSERT_FALSE(connected.ec) << connected.ec.message();
    Talk talk(*connected.stream);
    for (int i = 0; i < 100; ++i) {
        bool written = false;
        talk.received.clear();
        connected.stream->write(asio::buffer("ping", 4),
                                [&](error_code, std::size_t) { written = true; });
        run_until([&] { return written && talk.received == "ping"; });
    }
}

TEST_F(Tls, decrypted_bytes_that_wait_complete_a_read_but_not_inside_the_call) {
    auto connected = connect(server.endpoint(), trusting());
    ASSERT_FALSE(connected.ec) << connected.ec.message();
    bool written = false;
    connected.stream->write(asio::buffer("abcdef", 6),
                            [&](error_code, std::size_t) { written = true; });
    std::string received;
    for (int i = 0; i < 6; ++i) {
        char one = '\0';
        bool done = false;
        connected.stream->read_some(asio::buffer(&one, 1),
                                    [&](error_code, std::size_t) { done = true; });
        EXPECT_FALSE(done);
        run_until([&] { return done; });
        received += one;
    }
    EXPECT_EQ(received, "abcdef");
}

TEST_F(Tls, the_address_is_verified_and_no_address_is_sent_as_a_server_name) {
    EXPECT_FALSE(connect(server.endpoint(), trusting()).ec);
    EXPECT_EQ(server.server_name, "");
}

// client-bugs 95: certificates name hosts, and the topology lists addresses.
TEST_F(Tls, the_name_behind_the_endpoint_is_sent_and_verified) {
    auto options = trusting();
    options.server_name = "redis.test";
    auto const connected = connect(server.endpoint(), options);
    EXPECT_FALSE(connected.ec) << connected.ec.message();
    run_until([&] { return server.handshake.has_value(); });
    EXPECT_EQ(server.server_name, "redis.test");
}

TEST_F(Tls, a_certificate_for_another_name_is_refused) {
    auto options = trusting();
    options.server_name = "elsewhere.test";
    auto const connected = connect(server.endpoint(), options);
    EXPECT_EQ(connected.ec.category(), asio::error::get_ssl_category()) << connected.ec.message();
    EXPECT_EQ(connected.stream, nullptr);
}

TEST_F(Tls, the_name_in_the_tls_options_comes_first) {
    auto options = trusting();
    options.server_name = "elsewhere.test";
    options.tls->server_name = "redis.test";
    EXPECT_FALSE(connect(server.endpoint(), options).ec);
}

TEST_F(Tls, a_certificate_of_an_unknown_authority_is_refused) {
    EXPECT_TRUE(connect(server.endpoint(), trusting(certificates().other_ca())).ec);
    EXPECT_TRUE(connect(server.endpoint(), trusting("")).ec) << "nor does the system trust it";
}

TEST_F(Tls, without_verification_any_certificate_and_name_will_do) {
    auto options = trusting("");
    options.tls->verify = false;
    options.server_name = "elsewhere.test";
    EXPECT_FALSE(connect(server.endpoint(), options).ec);
}

TEST_F(Tls, a_client_certificate_is_shown_when_the_server_demands_one) {
    server.tls.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    auto options = trusting();
    options.tls->certificate_file = certificates().client_certificate();
    options.tls->key_file = certificates().client_key();
    auto const connected = connect(server.endpoint(), options);
    EXPECT_FALSE(connected.ec) << connected.ec.message();
    run_until([&] { return server.handshake.has_value(); });
    EXPECT_FALSE(*server.handshake) << server.handshake->message();
}

TEST_F(Tls, a_missing_client_certificate_is_noticed_at_the_latest_by_the_first_read) {
    server.tls.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    auto connected = connect(server.endpoint(), trusting());
    if (!connected.ec) {  // TLS 1.3: the client is done before the server has seen its certificate
        Talk talk(*connected.stream);
        run_until([&] { return talk.ended.has_value(); });
        EXPECT_TRUE(*talk.ended);
    }
}

TEST_F(Tls, files_that_cannot_be_read_fail_the_connect) {
    EXPECT_TRUE(connect(server.endpoint(), trusting(certificates().file("missing.crt"))).ec);
    auto options = trusting();
    options.tls->key_file = certificates().ca();
    EXPECT_TRUE(connect(server.endpoint(), options).ec);
}

TEST_F(Tls, a_file_that_changes_is_read_again) {
    std::string const trusted = certificates().file("trusted.crt");
    auto const overwriting = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(certificates().other_ca(), trusted, overwriting);
    EXPECT_TRUE(connect(server.endpoint(), trusting(trusted)).ec);
    std::filesystem::copy_file(certificates().ca(), trusted, overwriting);
    std::filesystem::last_write_time(trusted, std::filesystem::file_time_type::clock::now() + 1s);
    EXPECT_FALSE(connect(server.endpoint(), trusting(trusted)).ec);
}

TEST_F(Tls, the_deadline_covers_the_handshake) {
    Listener silent(context);  // accepts, and says nothing
    auto options = trusting();
    options.deadline = environment->now() + 20ms;
    EXPECT_EQ(connect(silent.endpoint(), options).ec, asio::error::timed_out);
}

TEST_F(Tls, a_server_that_speaks_no_tls_fails_the_handshake) {
    Listener plain(context);
    std::optional<error_code> failed;
    auto options = trusting();
    options.deadline = environment->now() + 5s;
    environment->connect(plain.endpoint(), options,
                         [&](error_code ec, std::unique_ptr<ByteStream>) { failed = ec; });
    run_until([&] { return plain.accepted; });
    asio::write(plain.peer, asio::buffer("-ERR unknown command\r\n", 22));
    run_until([&] { return failed.has_value(); });
    EXPECT_EQ(failed->category(), asio::error::get_ssl_category());
}

TEST_F(Tls, the_peers_end_is_eof_with_or_without_a_closing_alert) {
    for (bool const alert : {true, false}) {
        auto connected = connect(server.endpoint(), trusting());
        ASSERT_FALSE(connected.ec);
        run_until([&] { return server.handshake.has_value(); });
        server.handshake.reset();
        Talk talk(*connected.stream);
        settle();
        if (alert) {
            SSL_set_quiet_shutdown(server.peer().native_handle(), 0);
            server.peer().async_shutdown([](error_code) {});
        } else {
            server.peer().lowest_layer().close();
        }
        run_until([&] { return talk.ended.has_value(); });
        EXPECT_EQ(*talk.ended, asio::error::eof) << "alert: " << alert;
    }
}

TEST_F(Tls, close_sends_the_closing_alert_and_calls_no_handler) {
    auto connected = connect(server.endpoint(), trusting());
    ASSERT_FALSE(connected.ec);
    run_until([&] { return server.handshake.has_value(); });
    auto const token = std::make_shared<int>(0);
    bool called = false;
    std::string const large(8u << 20, 'x');
    char buffer[64];
    connected.stream->read_some(asio::buffer(buffer),
                                [&called, token](error_code, std::size_t) { called = true; });
    EXPECT_EQ(token.use_count(), 2);
    connected.stream->close();
    EXPECT_EQ(token.use_count(), 1);
    connected.stream->write(asio::buffer(large),
                            [&called, token](error_code, std::size_t) { called = true; });
    EXPECT_EQ(token.use_count(), 1);
    run_until([&] { return server.ended.has_value(); });
    EXPECT_EQ(*server.ended, asio::error::eof)
        << "not stream_truncated: " << server.ended->message();
    EXPECT_FALSE(called);
}

TEST_F(Tls, a_stream_may_go_in_the_middle_of_everything) {
    for (int handlers = 1; handlers < 12; ++handlers) {
        auto connected = connect(server.endpoint(), trusting());
        ASSERT_FALSE(connected.ec);
        auto const large = std::make_unique<std::string>(4u << 20, 'x');
        auto const buffer = std::make_unique<std::string>(65536, '\0');
        connected.stream->read_some(asio::buffer(*buffer), [](error_code, std::size_t) {});
        connected.stream->write(asio::buffer(*large), [](error_code, std::size_t) {});
        context.restart();
        for (int i = 0; i < handlers; ++i) {
            context.run_one_for(10ms);
        }
        connected.stream.reset();  // the buffers go right after it
    }
    settle();
}

}  // namespace
}  // namespace keyslot::io
