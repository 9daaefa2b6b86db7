import { nameCulture } from './culture.ts';

export const nigerian = nameCulture([
  [
    'Chinedu Ngozi Tunde Folake Emeka Amaka Ifeanyi Bolanle Kelechi Adaeze Musa Halima Segun Yetunde Uche Zainab',
    'Okafor Adeyemi Eze Balogun Nwosu Ibrahim Ogunleye Okonkwo Bello Adebayo Chukwu Lawal Obi Abubakar Onyeka Afolabi',
  ],
]);

export const kenyan = nameCulture([
  [
    'Wanjiru Otieno Achieng Kamau Njeri Kiprono Mutua Akinyi Chebet Barasa Wambui Omondi Faith Brian Mercy Dennis',
    'Mwangi Odhiambo Kariuki Njoroge Wekesa Kiptoo Maina Ochieng Ndungu Cheruiyot Muthoni Simiyu',
  ],
]);

export const southAfrican = nameCulture([
  [
    'Thabo Lerato Sipho Nomvula Themba Zanele Kagiso Palesa Bongani Naledi Tshepo Ayanda Riaan Anika',
    'Dlamini Nkosi Mokoena Khumalo Ndlovu Molefe Mthembu Sithole Mahlangu Radebe Tshabalala Botha Pretorius Naidoo',
  ],
]);

export const arabic = nameCulture([
  [
    'أحمد:ahmed محمد:mohamed يوسف:youssef خالد:khaled عمر:omar كريم:karim طارق:tarek سامي:sami مازن:mazen فاطمة:fatma مريم:mariam نور:nour سارة:sara هدى:hoda ليلى:laila رانيا:rania دينا:dina',
    'حسن:hassan إبراهيم:ibrahim عبدالله:abdallah الشريف:elsherif منصور:mansour سليمان:soliman المصري:elmasry فوزي:fawzy حجازي:hegazy زكي:zaki الخطيب:elkhatib',
  ],
]);

export const gulfArabic = nameCulture([
  [
    'فهد:fahad تركي:turki سعود:saud ماجد:majed بندر:bandar نواف:nawaf ريم:reem نورة:noura هيفاء:haifa العنود:alanoud منيرة:munira لمى:lama',
    'العتيبي:alotaibi الحربي:alharbi القحطاني:alqahtani الزهراني:alzahrani الشهري:alshehri الدوسري:aldossari المطيري:almutairi الغامدي:alghamdi',
  ],
]);

export const maghrebi = nameCulture([
  [
    'ياسين:yassine أمين:amine حمزة:hamza أنس:anas رشيد:rachid سلمى:salma خديجة:khadija هاجر:hajar إيمان:imane زينب:zineb',
    'بنعلي:benali العلوي:alaoui الإدريسي:elidrissi بنجلون:benjelloun التازي:tazi الفاسي:elfassi الحداد:elhaddad أيت_علي:aitali',
  ],
]);

export const urdu = nameCulture([
  [
    'عائشہ:ayesha بلال:bilal حمزہ:hamza زینب:zainab عثمان:usman مریم:maryam فیصل:faisal صائمہ:saima ندیم:nadeem کومل:komal ارسلان:arslan ثنا:sana',
    'خان:khan ملک:malik چوہدری:chaudhry قریشی:qureshi بٹ:butt شیخ:sheikh انصاری:ansari راجہ:raja صدیقی:siddiqui مغل:mughal',
  ],
]);
