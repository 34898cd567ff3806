namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>Four-character codes that mean something here, ISO/IEC 14496-12 and 23008-12, as big-endian numbers.</summary>
internal static class HeicType
{
    internal const uint FileType = 0x66747970, Meta = 0x6D657461, MediaData = 0x6D646174, Movie = 0x6D6F6F76, // ftyp meta mdat moov
        MotionVideo = 0x6D707664, Free = 0x66726565, Skip = 0x736B6970; // mpvd free skip

    internal const uint Handler = 0x68646C72, PrimaryItem = 0x7069746D, ItemInfo = 0x69696E66, ItemEntry = 0x696E6665, // hdlr pitm iinf infe
        ItemLocation = 0x696C6F63, ItemReference = 0x69726566, ItemProperties = 0x69707270, ItemData = 0x69646174, // iloc iref iprp idat
        PropertyContainer = 0x6970636F, PropertyAssociation = 0x69706D61, DataInfo = 0x64696E66, Groups = 0x6772706C; // ipco ipma dinf grpl

    internal const uint Hevc = 0x68766331, Grid = 0x67726964, Exif = 0x45786966, Mime = 0x6D696D65, Iptc = 0x69707463; // hvc1 grid Exif mime iptc

    internal const uint DerivedFrom = 0x64696D67, ThumbnailOf = 0x74686D62, AuxiliaryOf = 0x6175786C, Describes = 0x63647363; // dimg thmb auxl cdsc

    internal const uint Configuration = 0x68766343, Extent = 0x69737065, Channels = 0x70697869, Colours = 0x636F6C72, // hvcC ispe pixi colr
        PixelAspect = 0x70617370, CleanAperture = 0x636C6170, Rotation = 0x69726F74, Mirror = 0x696D6972, // pasp clap irot imir
        Auxiliary = 0x61757843, Description = 0x75646573; // auxC udes

    internal const uint Picture = 0x70696374, CodePoints = 0x6E636C78, Profile = 0x70726F66, RestrictedProfile = 0x72494343; // pict nclx prof rICC
}
