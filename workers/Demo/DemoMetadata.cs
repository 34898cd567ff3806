using System.Globalization;
using System.Text;

namespace PhotoGuard.Workers.Demo;

/// <summary>Blocks of metadata as a tablet and a cataloguing program write them.</summary>
public static class DemoMetadata
{
    private const string TimeFormat = "yyyy:MM:dd HH:mm:ss";

    /// <summary>Data of an APP1 segment: TIFF directories of the picture, Exif, GPS, and a thumbnail. Exif 2.32 section 4.6.</summary>
    public static byte[] Exif(DemoPicture picture, byte[] thumbnail) => [.. "Exif\0\0"u8, .. Tiff(picture, thumbnail)];

    /// <summary>The TIFF block alone, as a PNG's eXIf holds it.</summary>
    public static byte[] Tiff(DemoPicture picture, byte[] thumbnail)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(thumbnail);
        var tiff = new DemoTiff();
        var exif = new DemoTiff.Directory();
        if (picture.TakenAt is { } takenAt)
        {
            exif.Ascii(0x9003, takenAt.ToString(TimeFormat, CultureInfo.InvariantCulture));
            if (picture.WithOffset) exif.Ascii(0x9011, takenAt.ToString("zzz", CultureInfo.InvariantCulture));
        }
        exif.Ascii(0xA431, "DMPXK0Q1F9K7");
        exif.Ascii(0xA434, "iPad back camera 3.3mm f/2.4");
        var main = new DemoTiff.Directory();
        if (picture.Make is not null)
        {
            main.Ascii(0x010F, picture.Make);
            main.Ascii(0x0110, picture.Model);
        }
        main.Short(0x0112, (ushort)picture.Orientation);
        main.Ascii(0x0131, "17.5.1");
        main.Pointer(0x8769, exif);
        if (picture.Place is { } place) main.Pointer(0x8825, Gps(place));
        var small = new DemoTiff.Directory();
        small.Short(0x0103, 6);
        small.Blob(0x0201, 0x0202, thumbnail);
        return tiff.Write(main, small);
    }

    private static DemoTiff.Directory Gps((double Latitude, double Longitude) place)
    {
        var gps = new DemoTiff.Directory();
        gps.Ascii(0x0001, place.Latitude < 0 ? "S" : "N");
        gps.Degrees(0x0002, Math.Abs(place.Latitude));
        gps.Ascii(0x0003, place.Longitude < 0 ? "W" : "E");
        gps.Degrees(0x0004, Math.Abs(place.Longitude));
        return gps;
    }

    /// <summary>Data of an APP1 segment with an XMP packet that names the place twice.</summary>
    public static byte[] Xmp(DemoPicture picture) => Encoding.UTF8.GetBytes("http://ns.adobe.com/xap/1.0/\0" + XmpPacket(picture));

    /// <summary>The packet alone.</summary>
    public static string XmpPacket(DemoPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (latitude, longitude) = picture.Place ?? default;
        return string.Create(CultureInfo.InvariantCulture, $"""
            <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/"
            xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" exif:GPSLatitude="{latitude:0.000000}" exif:GPSLongitude="{longitude:0.000000}"
            photoshop:City="{picture.City}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>
            """);
    }

    /// <summary>Data of an APP13 segment: a Photoshop resource with IPTC city and author. IIM 4.2 section 2.</summary>
    public static byte[] Iptc(DemoPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        byte[] captions = [.. DataSet(90, picture.City), .. DataSet(80, "Ms A. Teacher")];
        byte[] padding = captions.Length % 2 == 0 ? [] : [0];
        return [.. "Photoshop 3.0\0"u8, .. "8BIM"u8, 4, 4, 0, 0, 0, 0, 0, (byte)captions.Length, .. captions, .. padding];
    }

    private static byte[] DataSet(byte number, string text) =>
        [0x1C, 2, number, 0, (byte)Encoding.UTF8.GetByteCount(text), .. Encoding.UTF8.GetBytes(text)];
}
