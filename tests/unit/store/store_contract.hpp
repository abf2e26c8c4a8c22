#pragma once
/// @file
/// What every adapter of store::Store does alike: the tests in *_contract_test.cpp. An adapter joins by its line in
/// adapters.cpp.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "core/store/store.hpp"
#include "tests/unit/store/samples.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace pakn::test {

struct Adapter {
    std::string name;
    /// Opens the store that belongs to the folder: the same folder, the same store.
    std::function<Result<std::unique_ptr<store::Store>>(const std::filesystem::path& folder, const security::HubKey&)>
        open;

    friend void PrintTo(const Adapter& adapter, std::ostream* out) { *out << adapter.name; }
};

std::vector<Adapter> adapters();
inline std::string adapterName(const testing::TestParamInfo<Adapter>& info) { return info.param.name; }

class StoreContract : public testing::TestWithParam<Adapter> {
protected:
    StoreContract() { reopen(); }

    void reopen() {
        store_.reset();
        auto opened = GetParam().open(folder_.path(), hub_key_);
        if (!opened) throw std::runtime_error{opened.error().message};
        store_ = std::move(*opened);
    }
    /// All in one transaction.
    Status commit(std::vector<store::Change> changes) {
        auto transaction = store_->begin();
        if (!transaction) return transaction.error();
        for (store::Change& change : changes) (*transaction)->append(std::move(change));
        return (*transaction)->commit();
    }
    Status commit(store::Change change) {
        std::vector<store::Change> one;
        one.push_back(std::move(change));
        return commit(std::move(one));
    }
    void mustCommit(store::Change change) {
        const Status done = commit(std::move(change));
        ASSERT_TRUE(done.ok()) << done.error().message;
    }

    TemporaryFolder folder_;
    security::HubKey hub_key_{security::Key{std::string(security::Key::kSize, 'k')}};
    std::unique_ptr<store::Store> store_;
};

/// The value, or a failed test with the error's text.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().message};
    return std::move(*result);
}

/// nullopt: it went well.
template <class T>
std::optional<Errc> codeOf(const Result<T>& result) {
    return result.ok() ? std::nullopt : std::optional{result.error().code};
}

}  // namespace pakn::test
