import type { Words } from './say-in.ts';

/**
 * What errors say, in Polish, by their English templates, in alphabetical order. `{{what}}` stands for another of these
 * texts or for words of pl.ts; all other places hold values. A test says what is missing.
 */
export const plProblems: Words = {
  '{{count}} accounts have this tier. Give them another one first.': {
    one: '{{count}} konto ma ten plan. Najpierw nadaj mu inny.',
    few: '{{count}} konta mają ten plan. Najpierw nadaj im inny.',
    many: '{{count}} kont ma ten plan. Najpierw nadaj im inny.',
    other: '{{count}} konta ma ten plan. Najpierw nadaj im inny.',
  },
  '{{what}} Upload a JPEG, PNG, WebP, GIF, AVIF or TIFF image.':
    '{{what}} Prześlij obraz JPEG, PNG, WebP, GIF, AVIF lub TIFF.',
  'a block of the GIF is damaged': 'blok GIF jest uszkodzony',
  'a box of the AVIF is damaged': 'część AVIF jest uszkodzona',
  'a chunk of the PNG is damaged': 'fragment PNG jest uszkodzony',
  'A column is there twice.': 'Kolumna występuje dwa razy.',
  'A group is gone. Load the page again.': 'Jednej z grup już nie ma. Wczytaj stronę ponownie.',
  'a JPEG segment has an impossible length': 'segment JPEG ma niemożliwą długość',
  'A name has 1 to {{most}} bytes of UTF-8, no control characters, and is neither blank nor "." nor "..".':
    'Nazwa ma od 1 do {{most}} bajtów w UTF-8, nie ma znaków sterujących i nie jest pusta ani „.” czy „..”.',
  'Temporarily unavailable': 'Chwilowo niedostępne',
  'A row is too long near line {{line}}. Is there a quotation mark that nothing closes?':
    'Koło wiersza {{line}} jeden jest za długi. Czy jakiś cudzysłów nie jest zamknięty?',
  'A row is too long. Is there a quotation mark that nothing closes?':
    'Jeden z wierszy jest za długi. Czy jakiś cudzysłów nie jest zamknięty?',
  'a second JPEG starts within its header': 'w nagłówku zaczyna się drugi JPEG',
  'a side of {{pixels}} pixels cannot be': 'bok o długości {{pixels}} pikseli jest niemożliwy',
  'A superuser has this tier. Only a superuser may change that.':
    'Ten plan ma superużytkownik. Tylko superużytkownik może to zmienić.',
  'active is yes or no.': 'active to yes albo no.',
  'An import gives no rights. Empty isStaff, isSuperuser, groupIds and permissions in this row, and give the rights afterwards.':
    'Import nie nadaje uprawnień. Opróżnij isStaff, isSuperuser, groupIds i permissions w tym wierszu, a uprawnienia nadaj później.',
  'All names like this one are taken. Give another name.': 'Wszystkie podobne nazwy są zajęte. Podaj inną.',
  'An image may have {{most}} bytes at most. Send a smaller one.':
    'Obraz może mieć najwyżej {{most}} bajtów. Wyślij mniejszy.',
  'Another import is running. Try again when it is done.': 'Trwa inny import. Spróbuj ponownie, gdy się skończy.',
  'Another record has this already.': 'Inny rekord już to ma.',
  'Authentication is needed': 'Trzeba się zalogować',
  'Choose a password that differs from the current one.': 'Wybierz hasło inne niż obecne.',
  'Choose another tier that is there.': 'Wybierz inny istniejący plan.',
  'Choose one of {{choices}}.': 'Wybierz jedno z: {{choices}}.',
  'Choose some records first.': 'Najpierw zaznacz rekordy.',
  'Content-Disposition is given twice; give it once.': 'Content-Disposition podano dwa razy; podaj raz.',
  'The filename is not valid. Use a short name such as cat.png.':
    'Obraz nie może mieć takiej nazwy. Podaj krótką, na przykład cat.png.',
  'Give 1 to {{heights}} heights in pixels, each a whole number from {{least}} to {{most}}.':
    'Podaj od 1 do {{heights}} wysokości w pikselach, każda liczbą całkowitą od {{least}} do {{most}}.',
  'Give a new password.': 'Podaj nowe hasło.',
  'Give a password.': 'Podaj hasło.',
  'Give a size of at least one byte.': 'Podaj rozmiar co najmniej jednego bajta.',
  'Give a whole number from 1 to {{most}}, or leave it empty for the limit of the service.':
    'Podaj liczbę całkowitą od 1 do {{most}} albo zostaw puste, aby obowiązywał limit usługi.',
  'Give a size, or leave it empty for no limit.': 'Podaj rozmiar albo zostaw puste, aby nie było ograniczeń.',
  'Give a whole number of seconds, from one second to a week.':
    'Podaj całkowitą liczbę sekund, od jednej sekundy do tygodnia.',
  'Give the group a name.': 'Nadaj grupie nazwę.',
  'Give the tier a name.': 'Nadaj planowi nazwę.',
  'Give your current password.': 'Podaj obecne hasło.',
  'has to be a whole number of seconds, {{least}} to {{most}}, in digits':
    'musi być całkowitą liczbą sekund od {{least}} do {{most}}, zapisaną cyframi',
  'has to be a whole number, 1 to {{most}}, in digits': 'musi być liczbą całkowitą od 1 do {{most}}, zapisaną cyframi',
  'Has to be at least expiringLinkMinSeconds.': 'Musi trwać co najmniej tyle, co najkrótszy link czasowy.',
  'has to be of the type {{expected}}, not {{received}}': 'musi być typu {{expected}}, a nie {{received}}',
  'has to be one key of 1 to 255 visible ASCII characters':
    'musi być jednym kluczem z od 1 do 255 widocznych znaków ASCII',
  "has to be one of your tier's heights: {{heights}}; leave it out for the original":
    'musi być jedną z wysokości planu: {{heights}}; bez podania będzie oryginał',
  'has to be the id or the exact name of one of your images':
    'musi być identyfikatorem lub dokładną nazwą własnego obrazu',
  'HEIC pictures cannot be read here. On an iPhone, Settings > Camera > Formats > Most Compatible makes new pictures JPEG; convert this one to JPEG and upload that.':
    'Obrazów HEIC nie można tu odczytać. Na iPhonie Ustawienia > Aparat > Formaty > Najbardziej zgodne sprawia, że nowe zdjęcia są w JPEG; to przekonwertuj na JPEG i prześlij.',
  'Invalid input': 'jest nieprawidłowe',
  'Invalid input: expected {{expected}}': 'musi być {{expected}}',
  'Invalid option: expected one of {{choices}}': 'musi być jednym z: {{choices}}',
  'Invalid UUID': 'nie jest prawidłowym identyfikatorem',
  'is given twice, as {{name}} too; give it once': 'podano dwa razy, także jako {{name}}; podaj raz',
  'is given twice; give it once': 'podano dwa razy; podaj raz',
  'is missing': 'brakuje',
  'is not a valid image name': 'Obraz nie może mieć takiej nazwy.',
  'its header does not come to an end': 'nagłówek nie ma końca',
  'its header gives no width or no height': 'nagłówek nie podaje szerokości lub wysokości',
  'Leave out control characters.': 'Bez znaków sterujących.',
  'More than {{most}} bytes are not taken here.': 'Nie przyjmuje się tu więcej niż {{most}} bajtów.',
  'names no boundary of 1 to 70 characters': 'nie podaje granicy (boundary) o długości od 1 do 70 znaków',
  'New accounts get this tier. Make another tier the default first.':
    'Nowe konta dostają ten plan. Najpierw ustaw inny plan jako domyślny.',
  'No active account found with the given credentials': 'Nie ma aktywnego konta o tych danych',
  'Not allowed': 'Niedozwolone',
  'Not found': 'Nie znaleziono',
  'Not ready yet': 'Jeszcze niegotowe',
  'Not valid.': 'Nieprawidłowe.',
  'One account has this tier. Give them another one first.': 'Jedno konto ma ten plan. Najpierw nadaj mu inny.',
  'One tier has to be the default. Make another tier the default instead.':
    'Jeden z planów musi być domyślny. Ustaw zamiast tego inny jako domyślny.',
  'Only a superuser makes somebody a superuser, or takes that away.':
    'Tylko superużytkownik może nadać komuś prawa superużytkownika lub je odebrać.',
  'Only a superuser may change or delete a superuser.':
    'Tylko superużytkownik może zmienić lub usunąć superużytkownika.',
  'Open the form anew: it does not say what it was made from.':
    'Otwórz formularz od nowa: nie wiadomo, z czego powstał.',
  'A record that this one refers to is gone. Load it again.':
    'Nie ma już wpisu, do którego ten się odwołuje. Wczytaj go ponownie.',
  'The owner is inactive': 'Właściciel jest nieaktywny',
  'Another import is running': 'Trwa inny import',
  'There is no default tier': 'Nie ma planu domyślnego',
  'Other records refer to this one.': 'Inne wpisy odwołują się do tego.',
  requests: 'żądań',
  'Send JSON (`Content-Type: application/json`), a form, or multipart fields.':
    'Wyślij JSON (`Content-Type: application/json`), formularz lub pola multipart.',
  'Send the body as UTF-8.': 'Wyślij treść w UTF-8.',
  'Send the body without Content-Encoding.': 'Wyślij treść bez Content-Encoding.',
  'Send the file as text/csv.': 'Wyślij plik jako text/csv.',
  'Send the image as it is, or in chunks (Transfer-Encoding: chunked).':
    'Wyślij obraz taki, jaki jest, albo w kawałkach (Transfer-Encoding: chunked).',
  'Send the image as it is, without Content-Encoding.': 'Wyślij obraz taki, jaki jest, bez Content-Encoding.',
  'Send the image itself (Content-Type: application/octet-stream) or a multipart/form-data form with one file.':
    'Wyślij sam obraz (Content-Type: application/octet-stream) lub formularz multipart/form-data z jednym plikiem.',
  'Changed or deleted in the meantime': 'W międzyczasie zmienione lub usunięte',
  'Someone else changed this in the meantime. Load it again and repeat your change.':
    'Ktoś inny w międzyczasie to zmienił. Wczytaj ponownie i powtórz swoją zmianę.',
  'Something went wrong on our side': 'Coś poszło nie tak po naszej stronie',
  'Still in use': 'Nadal w użyciu',
  'The account was deactivated or deleted meanwhile.': 'Konto zostało w międzyczasie wyłączone lub usunięte.',
  'the AVIF gives no size': 'AVIF nie podaje rozmiaru',
  'the AVIF names no main picture': 'AVIF nie wskazuje głównego obrazu',
  'the BigTIFF header is damaged': 'nagłówek BigTIFF jest uszkodzony',
  'The body came too slowly or stopped coming. Send it again on a better connection.':
    'Plik przychodził zbyt wolno lub przestał przychodzić. Wyślij go ponownie przez lepsze połączenie.',
  'The body ended after {{bytes}} of {{all}} bytes. Send it again.':
    'Przesyłanie skończyło się po {{bytes}} z {{all}} bajtów. Wyślij ponownie.',
  'The body ended before all of it was there. Send it again.': 'Plik nie dotarł w całości. Wyślij go ponownie.',
  'The body ended early': 'Treść nie dotarła w całości',
  'The body ended early. Send it again.': 'Plik nie dotarł w całości. Wyślij go ponownie.',
  'The body has no bytes. Send the image itself as the body.': 'Plik jest pusty. Wyślij sam obraz.',
  'The body has to be a JSON object.': 'Treść musi być obiektem JSON.',
  'No image was sent': 'Nie wysłano obrazu',
  'The body is longer than its stated {{bytes}} bytes.': 'Przyszło więcej niż podane {{bytes}} bajtów.',
  'The body is not UTF-8.': 'Treść nie jest w UTF-8.',
  'The body is not valid JSON.': 'Treść nie jest poprawnym JSON-em.',
  'The body may have {{most}} bytes at most.': 'Treść może mieć najwyżej {{most}} bajtów.',
  'The bytes do not match their digest': 'Bajty nie zgadzają się z sumą kontrolną',
  'The bytes that arrived are not those of Content-Digest. Send them again.':
    'Otrzymane bajty nie zgadzają się z Content-Digest. Wyślij je ponownie.',
  'the checksum of the PNG header is wrong': 'suma kontrolna nagłówka PNG jest błędna',
  'The column username is missing.': 'Brakuje kolumny username.',
  'The condition of the request does not hold': 'Warunek żądania nie jest spełniony',
  'The content encoding is not supported': 'To kodowanie treści nie jest przyjmowane',
  'The credentials are not valid': 'Dane logowania są nieprawidłowe',
  'The database does not answer. Try again in a few seconds.':
    'Baza danych nie odpowiada. Spróbuj ponownie za kilka sekund.',
  'The file cannot be read near line {{line}}: look for a quotation mark that is not closed, or not doubled inside a cell.':
    'Nie można odczytać pliku koło wiersza {{line}}: poszukaj cudzysłowu, który nie jest zamknięty albo nie jest podwojony wewnątrz komórki.',
  'The file cannot be read: look for a quotation mark that is not closed, or not doubled inside a cell.':
    'Nie można odczytać pliku: poszukaj cudzysłowu, który nie jest zamknięty albo nie jest podwojony wewnątrz komórki.',
  'the file ends within its header': 'plik kończy się wewnątrz nagłówka',
  'The file has more than {{most}} users. Divide it into several.':
    'Plik ma więcej niż {{most}} użytkowników. Podziel go na kilka.',
  'The file is cut off: its last part is missing. Upload it again.':
    'Plik jest ucięty: brakuje jego końca. Prześlij go ponownie.',
  'The file is not UTF-8. Save it as "CSV UTF-8".': 'Plik nie jest w UTF-8. Zapisz go jako „CSV UTF-8”.',
  'The file may have 5 MB at most.': 'Plik może mieć najwyżej 5 MB.',
  'The file name is not valid': 'Nazwa pliku jest nieprawidłowa',
  'The first request with this key is still running': 'Pierwsze żądanie z tym kluczem jeszcze trwa',
  'The first request with this key still runs. Ask again in a moment.':
    'Pierwsze żądanie z tym kluczem jeszcze trwa. Zapytaj ponownie za chwilę.',
  'The first row names the columns: {{columns}}. "{{name}}" is none of them.':
    'Pierwszy wiersz podaje kolumny: {{columns}}. „{{name}}” nie jest żadną z nich.',
  'The folder of the object store cannot be used ({{code}}).': 'Nie można użyć folderu magazynu obiektów ({{code}}).',
  'The form cannot be read.': 'Nie można odczytać formularza.',
  'The headers are too large': 'Nagłówki są za duże',
  'The image cannot be read: {{what}}. Export it again and upload the new file.':
    'Nie można odczytać obrazu: {{what}}. Wyeksportuj go ponownie i prześlij nowy plik.',
  'The image has {{width}} x {{height}} pixels; {{most}} in all are allowed. Upload a smaller version of it.':
    'Obraz ma {{width}} x {{height}} pikseli; dozwolone jest łącznie {{most}}. Prześlij mniejszą wersję.',
  'The image has too many pixels': 'Obraz ma za dużo pikseli',
  'The image is broken': 'Obraz jest uszkodzony',
  'The image was deleted during the upload. Send it again.':
    'Obraz został usunięty podczas wysyłania. Wyślij go ponownie.',
  'the JPEG frame header has a wrong length': 'nagłówek ramki JPEG ma błędną długość',
  'the JPEG frame header is too short': 'nagłówek ramki JPEG jest za krótki',
  'the JPEG has no frame header': 'JPEG nie ma nagłówka ramki',
  'the JPEG has two frame headers': 'JPEG ma dwa nagłówki ramki',
  'The key belongs to another request': 'Klucz należy do innego żądania',
  'The last superuser cannot be removed': 'Ostatniego superużytkownika nie można usunąć',
  'The link no longer works': 'Link już nie działa',
  'Not fetched before it is opened': 'Nie pobierane z wyprzedzeniem',
  'the main picture of the AVIF is not there': 'brakuje głównego obrazu AVIF',
  'The method is not allowed here': 'Ta metoda jest tu niedozwolona',
  'Already taken': 'Już zajęte',
  'The owner of this image is inactive: nobody could open a link to it.':
    'Właściciel tego obrazu jest nieaktywny: nikt nie mógłby otworzyć linku do niego.',
  "The owner's tier ({{tier}}) does not include expiring links. Give {{name}} another tier first.":
    'Plan właściciela ({{tier}}) nie obejmuje linków czasowych. Najpierw nadaj inny plan użytkownikowi {{name}}.',
  'The panel is not built. Run `npm run build`, then start again.':
    'Panel nie jest zbudowany. Uruchom `npm run build`, a potem serwer od nowa.',
  'The password is too weak': 'Hasło jest za słabe',
  'The password must not be the username.': 'Hasło nie może być nazwą użytkownika.',
  'The picture has more than the {{most}} pixels that are allowed. Upload a smaller version of it.':
    'Obraz ma więcej pikseli niż dozwolone {{most}}. Prześlij mniejszą wersję.',
  'No frame of the GIF can be decoded. Export it again.':
    'Nie da się odczytać żadnej klatki pliku GIF. Wyeksportuj go ponownie.',
  'The object store did not answer in time.': 'Magazyn nie odpowiedział na czas.',
  'The picture is damaged, or of a kind that cannot be decoded. Export it again.':
    'Obraz jest uszkodzony albo takiego rodzaju, którego nie da się odczytać. Wyeksportuj go ponownie.',
  'the PNG does not start with its header': 'PNG nie zaczyna się od nagłówka',
  'the PNG header names no known pixels': 'nagłówek PNG nie podaje znanego rodzaju pikseli',
  'Over the quota': 'Ponad limit miejsca',
  'The range is outside the file': 'Zakres wykracza poza plik',
  'The request is not valid': 'Żądanie jest nieprawidłowe',
  'The request took too long': 'Żądanie trwało zbyt długo',
  'the size in the PNG header cannot be': 'rozmiar w nagłówku PNG jest niemożliwy',
  'The storage cannot be linked to right now. Try again later.':
    'Nie można teraz tworzyć linków do magazynu. Spróbuj ponownie później.',
  'The storage cannot be written to right now. Try again later.':
    'Nie można teraz zapisywać w magazynie. Spróbuj ponownie później.',
  'The storage does not answer. Try again in a moment.': 'Magazyn nie odpowiada. Spróbuj ponownie za chwilę.',
  'The storage does not work right now. Try again later.': 'Magazyn teraz nie działa. Spróbuj ponownie później.',
  'The storage is damaged. Somebody has to look at it.': 'Magazyn jest uszkodzony. Ktoś musi go obejrzeć.',
  'The storage is full. Nothing was stored; try again later.':
    'Magazyn jest pełny. Niczego nie zapisano; spróbuj ponownie później.',
  'The thumbnail function does not take requests right now.': 'Funkcja tworząca miniatury nie przyjmuje teraz zleceń.',
  'The thumbnail of {{height}} pixels is not made yet. Try again in a moment.':
    'Miniatura o wysokości {{height}} pikseli jeszcze nie powstała. Spróbuj ponownie za chwilę.',
  'The tier does not include this': 'Plan tego nie obejmuje',
  'The tier keeps {{quota}} bytes of originals, and {{left}} of them are free. Delete images, or ask for a larger tier.':
    'Plan mieści {{quota}} bajtów oryginałów, wolne jest {{left}}. Usuń obrazy albo wybierz większy plan.',
  'The tier takes images of {{most}} bytes at most. Send a smaller one.':
    'Plan przyjmuje obrazy do {{most}} bajtów. Wyślij mniejszy.',
  'the TIFF directory cannot be that long': 'katalog TIFF nie może być tak długi',
  'the TIFF gives no size': 'TIFF nie podaje rozmiaru',
  'the TIFF has more than the {{limit}} pages that are allowed': 'TIFF ma więcej niż {{limit}} dozwolonych stron',
  'the TIFF has no directory': 'TIFF nie ma katalogu',
  'The token or session is not valid': 'Token lub sesja są nieprawidłowe',
  'The two passwords differ.': 'Hasła się różnią.',
  'The type is not supported': 'Ten typ nie jest przyjmowany',
  'The upload took a pause that was too long for it. Send it again.':
    'Przerwa w przesyłaniu była zbyt długa. Wyślij plik ponownie.',
  'the WebP frame header has an unknown version': 'nagłówek ramki WebP ma nieznaną wersję',
  'the WebP frame header is damaged': 'nagłówek ramki WebP jest uszkodzony',
  'the WebP has no picture header': 'WebP nie ma nagłówka obrazu',
  'There is a group with this name. Choose another one.': 'Grupa o tej nazwie już istnieje. Wybierz inną.',
  'There is a tier with this name. Choose another one.': 'Plan o tej nazwie już istnieje. Wybierz inną.',
  'There is an account with this username. Choose another one.':
    'Konto o tej nazwie użytkownika już istnieje. Wybierz inną.',
  'There is no default tier. Choose a tier.': 'Nie ma planu domyślnego. Wybierz plan.',
  'There is no permission {{permission}}.': 'Nie ma uprawnienia {{permission}}.',
  'there is no picture in the GIF': 'w GIF nie ma obrazu',
  'there is no picture in the JPEG': 'w JPEG nie ma obrazu',
  'there is no picture in the PNG': 'w PNG nie ma obrazu',
  'There is no such account.': 'Nie ma takiego konta.',
  'There is no such group.': 'Nie ma takiej grupy.',
  'There is no such image.': 'Nie ma takiego obrazu.',
  'There is no such link any more.': 'Tego linku już nie ma.',
  'There is no such record any more.': 'Tego rekordu już nie ma.',
  'There is no such tier.': 'Nie ma takiego planu.',
  'There is no such user, or the user is not active.': 'Nie ma takiego użytkownika albo jest nieaktywny.',
  'There is no tier named {{name}}.': 'Nie ma planu o nazwie {{name}}.',
  'There is no user in the file: give one row for each.':
    'W pliku nie ma użytkowników: podaj po jednym wierszu dla każdego.',
  'There is no user name.': 'Brakuje nazwy użytkownika.',
  'There is nothing at this address.': 'Pod tym adresem niczego nie ma.',
  'These bytes are not an image of a type that is accepted here.': 'To nie jest obraz przyjmowanego tu rodzaju.',
  'This account has permissions that you do not have. Ask a superuser.':
    'To konto ma uprawnienia, których nie masz. Zwróć się do superużytkownika.',
  'This account no longer exists. Log in again.': 'Tego konta już nie ma. Zaloguj się ponownie.',
  'This changes something: use POST.': 'To coś zmienia: tu działa tylko POST.',
  'This Idempotency-Key was used for another name, query or body. Use a new key for a new request.':
    'Tego Idempotency-Key użyto z inną nazwą, adresem lub treścią. Do nowego żądania użyj nowego klucza.',
  'This image brought the decoder down three times. The original is kept.':
    'Ten obraz trzykrotnie spowodował awarię dekodera. Oryginał pozostaje.',
  "This is a camera's raw file.": 'To surowy plik z aparatu (RAW).',
  'This is a lossless, hierarchical or 12-bit JPEG, which hardly any program reads.':
    'To bezstratny, hierarchiczny lub 12-bitowy JPEG, którego prawie żaden program nie odczytuje.',
  'This is a sound file.': 'To plik dźwiękowy.',
  'This is a video.': 'To film.',
  "This is an app's PNG in Apple's private form.": 'To PNG z aplikacji, w prywatnej postaci firmy Apple.',
  'This is not an e-mail address.': 'To nie jest adres e-mail.',
  'This is not your current password.': 'To nie jest twoje obecne hasło.',
  'Something went wrong on our side. If it happens again, report the request ID.':
    'Coś poszło nie tak po naszej stronie. Jeśli to się powtórzy, podaj identyfikator żądania.',
  'This is the last active superuser. Make somebody else a superuser first.':
    'To ostatni aktywny superużytkownik. Najpierw nadaj te prawa komuś innemu.',
  'This is too long.': 'To jest za długie.',
  'This link does not set a password: it was used, or it is over. Ask whoever gave it to you for a new one.':
    'Ten link nie ustawia hasła: został użyty albo wygasł. Poproś o nowy osobę, która ci go dała.',
  'This page cannot do that.': 'Ta strona tego nie potrafi.',
  'This password is a common one. Choose one that nobody would guess.':
    'To hasło jest popularne. Wybierz takie, którego nikt nie zgadnie.',
  'This picture is in a HEIF file, but not as AVIF.': 'Ten obraz jest w pliku HEIF, ale nie jako AVIF.',
  'This request did not come from a page of the panel. Open the panel at {{address}} and try again.':
    'To żądanie nie przyszło ze strony panelu. Otwórz panel pod adresem {{address}} i spróbuj ponownie.',
  'This row has not as many cells as the first one.': 'Ten wiersz nie ma tylu komórek co pierwszy.',
  'This tier is gone. Choose another one.': 'Tego planu już nie ma. Wybierz inny.',
  'This user is in line {{line}} already.': 'Ten użytkownik jest już w wierszu {{line}}.',
  'This value is not allowed.': 'Ta wartość jest niedozwolona.',
  'Thumbnails are made of files of up to {{most}} bytes; this one has {{bytes}}.':
    'Miniatury powstają z plików do {{most}} bajtów; ten ma {{bytes}}.',
  'Too big: expected {{type}} to be <={{most}}': 'wynosi najwyżej {{most}}',
  'Too big: expected {{type}} to have <={{most}} characters': 'ma najwyżej {{most}} znaków',
  'Too big: expected {{type}} to have <={{most}} items': 'ma najwyżej {{most}} elementów',
  'Too large': 'Za duże',
  'Too many {{what}} in a minute. Wait {{count}} seconds.': {
    one: 'Zbyt wiele {{what}} w ciągu minuty. Poczekaj {{count}} sekundę.',
    few: 'Zbyt wiele {{what}} w ciągu minuty. Poczekaj {{count}} sekundy.',
    many: 'Zbyt wiele {{what}} w ciągu minuty. Poczekaj {{count}} sekund.',
    other: 'Zbyt wiele {{what}} w ciągu minuty. Poczekaj {{count}} sekundy.',
  },
  'Too many {{what}} in an hour. Wait {{count}} seconds.': {
    one: 'Zbyt wiele {{what}} w ciągu godziny. Poczekaj {{count}} sekundę.',
    few: 'Zbyt wiele {{what}} w ciągu godziny. Poczekaj {{count}} sekundy.',
    many: 'Zbyt wiele {{what}} w ciągu godziny. Poczekaj {{count}} sekund.',
    other: 'Zbyt wiele {{what}} w ciągu godziny. Poczekaj {{count}} sekundy.',
  },
  'Too many failed logins. Try again in {{count}} minutes.': {
    one: 'Zbyt wiele nieudanych logowań. Spróbuj ponownie za {{count}} minutę.',
    few: 'Zbyt wiele nieudanych logowań. Spróbuj ponownie za {{count}} minuty.',
    many: 'Zbyt wiele nieudanych logowań. Spróbuj ponownie za {{count}} minut.',
    other: 'Zbyt wiele nieudanych logowań. Spróbuj ponownie za {{count}} minuty.',
  },
  'Too many failed logins. Try again in a minute.': 'Zbyt wiele nieudanych logowań. Spróbuj ponownie za minutę.',
  'Too many people log in just now. Try again in a few seconds.':
    'Zbyt wiele osób loguje się w tej chwili. Spróbuj ponownie za kilka sekund.',
  'Too many programs write this object at the same time. Try again.':
    'Zbyt wiele programów zapisuje ten obiekt jednocześnie. Spróbuj ponownie.',
  'Too many requests': 'Zbyt wiele żądań',
  'Too many uploads of this account wait for each other. Try again later.':
    'Zbyt wiele przesyłanych plików tego konta czeka na siebie. Spróbuj ponownie później.',
  'Too small: expected {{type}} to be >={{least}}': 'wynosi co najmniej {{least}}',
  'Too small: expected {{type}} to have >={{least}} characters': 'ma co najmniej {{least}} znaków',
  'Too small: expected {{type}} to have >={{least}} items': 'ma co najmniej {{least}} elementów',
  'Unrecognized key: {{names}}': 'nie istnieje: {{names}}',
  'Unrecognized keys: {{names}}': 'nie istnieją: {{names}}',
  'Use {{methods}} here.': 'Tu działa tylko {{methods}}.',
  'Use 1 to 150 letters, digits and @ . + - _ only.': 'Od 1 do 150 liter, cyfr oraz @ . + - _, nic innego.',
  'Use at least {{least}} characters.': 'Użyj co najmniej {{least}} znaków.',
  'Use at most {{most}} characters.': 'Użyj najwyżej {{most}} znaków.',
  'Use POST.': 'Tu działa tylko POST.',
  'You cannot delete your own account. Ask another administrator.':
    'Nie możesz usunąć własnego konta. Zwróć się do innego administratora.',
  'You do not have {{permission}} yourself. Ask a superuser.':
    'Nie masz uprawnienia {{permission}}. Zwróć się do superużytkownika.',
  'You do not have the right to do this.': 'Nie masz do tego prawa.',
  'You have an image called {{name}} already. Give another name.':
    'Ten właściciel ma już obraz o nazwie {{name}}. Podaj inną nazwę.',
  'You have no image with this id or name.': 'Nie ma obrazu o tym identyfikatorze lub nazwie.',
  'You have no link with this id.': 'Nie ma takiego linku.',
  'You may not {{what}}. Ask an administrator for the permission {{permission}}.':
    'Nie masz prawa {{what}}. Poproś administratora o uprawnienie {{permission}}.',
  'Your session has ended. Log in again.': 'Twoja sesja wygasła. Zaloguj się ponownie.',
  'Your tier ({{tier}}) does not include expiring links.': 'Plan ({{tier}}) nie obejmuje linków czasowych.',
};
