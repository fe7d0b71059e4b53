"""What a person reads of a row of the gate: Vietnamese for officers, English for operators."""

from schemas.gate.compare import Row

_ACTIONS = {
    "mandatory_absent": "the unit must give the source its column {detail} back; until then the "
    "dataset is stopped",
    "absent": "the unit must give the source its column {detail} back, or agree to a contract "
    "without it; until then it is null",
    "retyped": "the unit must say why its column has another type ({detail}); until then each "
    "value is judged by itself",
    "resized": "the steward writes the new size into the contract ({detail}); nothing is lost "
    "meanwhile",
    "not_in_contract": "the steward adds the field to the contract, from {detail}, or asks the "
    "centre to drop it",
    "not_in_centre": "the steward asks the centre to add the field, or takes {detail} out of the "
    "contract",
    "template_differs": "the centre decides which is right: template and contract differ in "
    "{detail}",
    "undeclared": "the steward declares the column {detail} in the contract: taken by a field, or "
    "untaken",
    "untaken_absent": "the steward takes {detail} out of the contract's `untaken`: the source has "
    "no such column",
    "unknown": "make the source reachable (`suoi doctor`), or give its columns with --observed",
}
_SENTENCES = {
    "mandatory_absent": "Nguồn không còn cột {detail} của trường bắt buộc {field}; đơn vị cần khôi "
    "phục cột, dữ liệu tạm dừng đến khi đó.",
    "absent": "Nguồn không có cột {detail} của trường {field}; đơn vị cần bổ sung hoặc thống nhất "
    "bỏ trường này.",
    "retyped": "Cột nguồn của trường {field} đã đổi kiểu ({detail}); đơn vị cần cho biết lý do, "
    "trong lúc chờ từng giá trị vẫn được kiểm tra.",
    "resized": "Cột nguồn của trường {field} đã đổi độ dài ({detail}); người giữ hợp đồng cần ghi "
    "lại cho khớp.",
    "not_in_contract": "Mẫu của trung tâm có trường {field} nhưng hợp đồng dữ liệu chưa có; người "
    "giữ hợp đồng cần bổ sung.",
    "not_in_centre": "Hợp đồng dữ liệu có trường {field} mà mẫu của trung tâm không có; người giữ "
    "hợp đồng cần đề nghị bổ sung mẫu hoặc bỏ trường.",
    "template_differs": "Trường {field}: mẫu của trung tâm và hợp đồng dữ liệu khác nhau "
    "({detail}); trung tâm cần quyết định.",
    "undeclared": "Nguồn có thêm cột {field} chưa được khai báo; người giữ hợp đồng cần khai báo "
    "tiếp nhận hay không.",
    "untaken_absent": "Hợp đồng ghi không lấy cột {field} nhưng nguồn không có cột này; người giữ "
    "hợp đồng cần sửa lại.",
    "unknown": "Chưa biết nguồn có cột của trường {field} hay không vì chưa xem được nguồn.",
}


def action(row: Row) -> str:
    """Say in English who must do what; empty where nobody must."""
    return _ACTIONS.get(row.verdict, "").format(detail=row.detail)


def sentence(row: Row) -> str:
    """Say in Vietnamese what differs; empty where nothing does."""
    field = f"“{row.title}”" if row.title else row.field
    return _SENTENCES.get(row.verdict, "").format(field=field, detail=row.detail)
