#pragma once

#include <string>

namespace keyslot::io {

/// A certificate authority and what it has signed, as PEM files in a directory of its own that goes with
/// the object: a server certificate for "redis.test" and 127.0.0.1, and one for a client.
class TestCertificates {
public:
    TestCertificates();
    ~TestCertificates();
    TestCertificates(TestCertificates const&) = delete;
    TestCertificates& operator=(TestCertificates const&) = delete;

    std::string file(std::string const& name) const { return directory_ + "/" + name; }
    std::string ca() const { return file("ca.crt"); }
    std::string other_ca() const { return file("other-ca.crt"); }
    std::string server_certificate() const { return file("server.crt"); }
    std::string server_key() const { return file("server.key"); }
    std::string client_certificate() const { return file("client.crt"); }
    std::string client_key() const { return file("client.key"); }

private:
    std::string directory_;
};

}  // namespace keyslot::io
