// Against the examples of NIST (FIPS 180-4 and its "Secure Hashing" examples).
#include "common/base/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aapp {
namespace {

std::string sha256(std::string_view text, std::size_t piece) {
  Sha256 hash;
  for (std::size_t first = 0; first < text.size(); first += piece)
    hash.update(std::as_bytes(std::span(text.substr(first, piece))));
  return hash.finish();
}

TEST(Sha256, AgreesWithTheStandardsExamples) {
  EXPECT_EQ(sha256("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("", 1), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1000000, 'a'), 1000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesAreCut) {
  const std::string text(777, 'x');
  for (const std::size_t piece : {1u, 55u, 56u, 63u, 64u, 65u, 128u})
    EXPECT_EQ(sha256(text, piece), sha256(text, text.size())) << piece;
}

TEST(Sha256, AMissingFileIsAnErrorThatNamesIt) {
  const auto hash = sha256_of_file("/nonexistent/take.wav");
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code, ErrorCode::unreadable);
  EXPECT_NE(hash.error().message.find("/nonexistent/take.wav"), std::string::npos);
}

}  // namespace
}  // namespace aapp
