import { nameCulture, syllablePairs } from './culture.ts';

export const hindi = nameCulture([
  [
    'राहुल:rahul प्रिया:priya अमित:amit नेहा:neha विकास:vikas पूजा:pooja संजय:sanjay अंजलि:anjali रोहित:rohit कविता:kavita मनीष:manish सुनीता:sunita दीपक:deepak रितु:ritu आकाश:akash मीना:meena',
    'वर्मा:verma गुप्ता:gupta यादव:yadav मिश्रा:mishra चौहान:chauhan तिवारी:tiwari जोशी:joshi सक्सेना:saxena त्रिपाठी:tripathi राठौर:rathore पाण्डेय:pandey अग्रवाल:agarwal',
  ],
]);

export const tamil = nameCulture([
  [
    'கார்த்திக்:karthik லட்சுமி:lakshmi முருகன்:murugan தேவி:devi சுரேஷ்:suresh மீனா:meena பிரகாஷ்:prakash கவிதா:kavitha',
    'ராமன்:raman குமார்:kumar சுந்தரம்:sundaram நடராஜன்:natarajan ராஜன்:rajan வேலு:velu செல்வம்:selvam',
  ],
]);

export const bengali = nameCulture([
  [
    'রহিম:rahim তানভীর:tanvir নুসরাত:nusrat ফারহানা:farhana তুহিন:tuhin মিতু:mitu আরিফ:arif সুমাইয়া:sumaiya জাহিদ:zahid রুবেল:rubel শারমিন:sharmin রিপন:ripon',
    'হোসেন:hossain ইসলাম:islam আক্তার:akter চৌধুরী:chowdhury সরকার:sarkar মিয়া:mia খাতুন:khatun তালুকদার:talukder বিশ্বাস:biswas দাস:das',
  ],
]);

export const chinese = nameCulture(
  [
    [
      syllablePairs(
        '晓:xiao 雨:yu 子:zi 佳:jia 文:wen 志:zhi 思:si 海:hai 梦:meng 丽:li',
        '涵:han 轩:xuan 婷:ting 杰:jie 琪:qi 峰:feng 怡:yi 燕:yan 鑫:xin 楠:nan',
      ),
      '王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 黄:huang 周:zhou 吴:wu 徐:xu 孙:sun 朱:zhu 胡:hu 郭:guo 何:he 林:lin 高:gao',
    ],
  ],
  { familyFirst: true, separator: '' },
);

export const japanese = nameCulture(
  [
    [
      '陽菜:hina 翔太:shota さくら:sakura 大輝:daiki 美咲:misaki 健太:kenta 結衣:yui 拓海:takumi ひかり:hikari 直樹:naoki あやか:ayaka 蓮:ren ユウキ:yuki 葵:aoi 千尋:chihiro 亮:ryo',
      '佐々木:sasaki 藤田:fujita 小川:ogawa 松本:matsumoto 井上:inoue 斎藤:saito 清水:shimizu 森田:morita 石井:ishii 西村:nishimura 遠藤:endo 青木:aoki 坂本:sakamoto 岡田:okada',
    ],
  ],
  { familyFirst: true, separator: ' ' },
);

export const korean = nameCulture(
  [
    [
      syllablePairs(
        '나:na 다:da 은:eun 채:chae 유:yu 재:jae 승:seung 태:tae',
        '린:rin 율:yul 원:won 경:kyung 희:hee 규:kyu 섭:seop',
      ),
      '김:kim 이:lee 박:park 최:choi 정:jung 강:kang 조:cho 윤:yoon 장:jang 임:lim 한:han 오:oh 서:seo 신:shin',
    ],
  ],
  { familyFirst: true, separator: '' },
);

export const vietnamese = nameCulture(
  [
    [
      'Thu_Hà Minh_Anh Văn_Long Thị_Mai Quốc_Bảo Thanh_Tùng Ngọc_Lan Đức_Huy Hải_Yến Phương_Thảo Tuấn_Kiệt Khánh_Linh Hồng_Nhung Gia_Hân',
      'Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Đặng Bùi Đỗ Ngô Dương',
    ],
  ],
  { familyFirst: true },
);

export const thai = nameCulture([
  [
    'สมชาย:somchai อรุณี:arunee ณัฐพล:nattapon พิมพ์ชนก:pimchanok ธนากร:thanakorn สุดารัตน์:sudarat กิตติ:kitti วราภรณ์:waraporn ปรีชา:preecha จิราพร:jiraporn อนุชา:anucha มาลี:malee',
    'ศรีสุข:srisuk ใจดี:jaidee ทองคำ:thongkham บุญมา:boonma วงศ์ทอง:wongthong แก้วมณี:kaewmanee สายบัว:saibua รุ่งเรือง:rungrueng พรหมมา:phromma',
  ],
]);

export const indonesian = nameCulture([
  [
    'Putri Agus Dewi Rizky Ayu Bayu Siti Fajar Wulan Dimas Rina Eko Intan Hendra Nurul Yoga',
    'Santoso Wijaya Pratama Lestari Saputra Hidayat Kusuma Nugroho Permata Setiawan Rahayu Gunawan Maulana Utami Siregar Halim',
  ],
]);

export const filipino = nameCulture([
  [
    'Jhon Maricel Rodel Jessa Arnel Rowena Jerome Krizelle Dindo Analyn Reymark Lovely Aldrin Cherry Joven Mylene',
    'dela_Cruz Bautista Villanueva Mangubat Magsino Pangilinan Ocampo Macaraeg Tolentino Abad Catacutan Sarmiento Manalo Buenaflor',
  ],
]);
