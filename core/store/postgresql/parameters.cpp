#include "core/store/postgresql/parameters.hpp"

namespace pakn::store::postgresql {

void Batch::Column::setLength(std::size_t at, std::size_t length) {
    for (int byte = 0; byte < 4; ++byte)
        bytes_[at + static_cast<std::size_t>(byte)] = static_cast<char>(length >> (24 - 8 * byte) & 0xFFU);
}

/// Header of an array: dimensions, whether there are nulls, element type, length, lower bound.
Parameters::One Batch::Column::take(std::size_t rows) {
    std::string header;
    detail::appendBigEndian(header, 1, 4);
    detail::appendBigEndian(header, has_null_ ? 1 : 0, 4);
    detail::appendBigEndian(header, static_cast<std::uint64_t>(element_), 4);
    detail::appendBigEndian(header, rows, 4);
    detail::appendBigEndian(header, 1, 4);
    bytes_.replace(0, kHeaderSize, header);
    const Type array = element_ == Type::kInteger ? Type::kIntegerArray
                       : element_ == Type::kBytes ? Type::kBytesArray
                                                  : Type::kTextArray;
    return {array, false, std::move(bytes_)};
}

Parameters Batch::take() {
    Parameters parameters;
    for (Column& column : columns_) parameters.add(column.take(rows_));
    columns_.clear();
    rows_ = 0;
    return parameters;
}

}  // namespace pakn::store::postgresql
